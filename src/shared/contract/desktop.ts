import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'

const desktopStateSchema = z.object({
  startAtLogin: z
    .enum(['on', 'off', 'unavailable'])
    .describe('unavailable: the console is not installed, or has no window'),
  logFolder: z.string().nullable(),
})
export type DesktopState = z.infer<typeof desktopStateSchema>

/** The window is being closed, and nobody has said yet what that is to mean. */
const desktopEventSchema = z.object({ type: z.literal('close-asked') })
export type DesktopEvent = z.infer<typeof desktopEventSchema>

const closeAnswerSchema = z.enum(['tray', 'quit'])
export type CloseAnswer = z.infer<typeof closeAnswerSchema>

/** The desktop that the window is on. For the window only. */
export const desktopContract = {
  state: oc.output(desktopStateSchema),
  setStartAtLogin: oc.input(z.object({ isOn: z.boolean() })).output(desktopStateSchema),
  openLogs: oc.output(z.object({ isOpened: z.boolean() })),
  answerClose: oc.input(z.object({ answer: closeAnswerSchema })),
  events: oc.output(eventIterator(desktopEventSchema)),
}

import { oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'

/** What pages may offer to save. */
const fileTypeSchema = z.enum(['text/csv', 'application/json', 'image/png', 'application/pdf'])
export type FileType = z.output<typeof fileTypeSchema>

/** A file without a place: where it goes, and whether at all, the user says in a dialog of the system. */
export const fileToSaveSchema = z.object({
  /** What the dialog proposes, without an ending. Nothing in it means anything to a file system. */
  name: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/),
  type: fileTypeSchema,
  content: z.instanceof(Blob).refine((content) => content.size <= LIMITS.savedFileBytes),
})
export type FileToSave = z.output<typeof fileToSaveSchema>

const saveOutcomeSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('saved'), fileName: z.string().describe('without its folder') }),
  z.object({ outcome: z.literal('cancelled') }),
  z.object({ outcome: z.literal('failed'), reason: z.enum(['disk-full', 'not-allowed', 'other']) }),
])
export type SaveOutcome = z.output<typeof saveOutcomeSchema>

const pixels = z.int().min(0).max(LIMITS.capturedPagePx)

/** The page as it is now: on paper, or as a picture of a part of it, also of what lies outside of the window. */
export const pageCaptureSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('application/pdf') }),
  z.object({
    type: z.literal('image/png'),
    area: z.object({ x: pixels, y: pixels, width: pixels, height: pixels }).describe('CSS pixels'),
  }),
])
export type PageCapture = z.output<typeof pageCaptureSchema>

/** For the window only: a script writes its files itself. */
export const filesContract = {
  capture: oc
    .errors({ NOT_AVAILABLE: { status: 501, message: 'There is no window to be captured.' } })
    .input(pageCaptureSchema)
    .output(z.instanceof(Blob)),
  save: oc.input(fileToSaveSchema).output(saveOutcomeSchema),
}

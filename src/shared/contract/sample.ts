import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'

const loadStepSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), share: z.number().describe('0 to 1') }),
  z.object({ type: z.literal('done'), calls: z.int() }),
])
export type SampleLoadStep = z.output<typeof loadStepSchema>

const removeStepSchema = z.object({
  type: z.enum(['progress', 'done']),
  calls: z.int(),
  feedback: z.int(),
  alerts: z.int(),
})
export type SampleRemoveStep = z.output<typeof removeStepSchema>

const busy = { CONFLICT: { status: 409, message: 'Sample data are being loaded or removed already.' } }

/** A week of made-up calls, to look around with. For the window only. */
export const sampleContract = {
  /** Ended early, what is there by then stays, and can be removed. */
  load: oc.errors(busy).output(eventIterator(loadStepSchema)),
  /** Takes out the calls, what was counted of them, their feedback, and the alerts that they raised. */
  remove: oc.errors(busy).output(eventIterator(removeStepSchema)),
}

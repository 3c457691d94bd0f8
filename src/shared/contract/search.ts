import { oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'

const searchStateSchema = z.object({
  total: z.int().describe('calls, deleted ones included'),
  indexed: z.int().describe('calls whose texts are found at once; others are looked through one by one'),
})

/** Where a text stands in a call, with a little of what is around it. */
const snippetSchema = z.object({
  id: z.int(),
  field: z.enum(['prompt', 'response', 'errorMessage']),
  before: z.string(),
  match: z.string(),
  after: z.string(),
})
export type Snippet = z.infer<typeof snippetSchema>

/** The search in what prompts, responses and error messages hold. For the window only: scripts have `GET /v1/app-logs?q=…`. */
export const searchContract = {
  /** How far the index is. */
  state: oc.output(searchStateSchema),
  /** Has the index made anew, little by little. `state` tells how far it is. */
  rebuild: oc.output(z.void()),
  /** Of each call the first place that has the text, in the order of the ids; calls that have none are left out. */
  snippets: oc
    .input(
      z.object({
        q: z.string().min(1).max(LIMITS.searchLength),
        ids: z.array(z.int()).max(LIMITS.snippetsPerAnswer),
      }),
    )
    .output(z.object({ items: z.array(snippetSchema) })),
}

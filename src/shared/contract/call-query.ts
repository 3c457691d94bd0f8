import * as z from 'zod'
import { LIMITS } from '../limits.ts'

const name = z.string().max(LIMITS.nameLength)
const someName = name.min(1)
const duration = z
  .number('must be a number >= 0')
  .min(0)
  .max(LIMITS.durationMs, `must be at most ${LIMITS.durationMs} ms`)
const cost = z
  .number('must be a number >= 0')
  .min(0)
  .max(LIMITS.reportedCost, `must be at most ${LIMITS.reportedCost}`)
const claim = z.boolean()

/** What calls are narrowed down by, each by its name in an address. All that is given must hold. */
export const callQueryFields = {
  app: name.optional(),
  appType: name.optional().describe("'': calls without one; the same goes for other labels"),
  provider: name.optional(),
  model: name.optional().describe('the one that answered, else the one asked for'),
  environment: name.optional(),
  userId: name.optional(),
  sessionId: name.optional(),
  status: z.enum(['ok', 'error'], 'must be "ok" or "error"').optional(),
  errorType: name.optional(),
  requestId: someName.optional(),
  traceId: z
    .string()
    .regex(/^[0-9a-fA-F]{1,64}$/, 'must be hexadecimal digits')
    .transform((id) => id.toLowerCase())
    .optional(),
  source: z.enum(['native', 'otlp', 'proxy'], 'must be "native", "otlp" or "proxy"').optional(),
  operation: someName.optional(),
  tag: someName.optional().describe('one of its tags, to the letter'),
  minDurationMs: duration.optional(),
  maxDurationMs: duration.optional(),
  minCost: cost.optional().describe('in units of the base currency; calls without a cost are left out'),
  maxCost: cost.optional(),
  isPriced: claim.optional().describe('whether it has a cost'),
  usage: z
    .enum(['reported', 'estimated'], 'must be "reported" or "estimated"')
    .optional()
    .describe('who counted the tokens'),
  isStreamed: claim.optional().describe('whether the time to the first token is known, as it is of streams'),
  hasFeedback: claim.optional(),
  q: z
    .string()
    .min(1)
    .max(LIMITS.searchLength)
    .optional()
    .describe(
      'a part of the prompt, the response or the error; no sign has a meaning, and Latin letters match in either case',
    ),
}

/** As a whole. */
export const callQuerySchema = z.object(callQueryFields)
export type CallQuery = z.output<typeof callQuerySchema>
export type CallQueryField = keyof CallQuery

import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { portSchema } from './port.ts'

/** What came in at the collector's doors since it started; every drop has a counter. */
export const ingestCountersSchema = z.object({
  accepted: z.int(),
  duplicates: z.int(),
  /** Duplicates whose content differed from what was stored first, which was kept. */
  conflicts: z.int(),
  rejected: z.int(),
  /** The same by field and reason, such as `inputTokens must be an integer >= 0`. */
  rejectedByReason: z.record(z.string(), z.int()),
  /** Fields of accepted calls that the schema does not know. */
  unknownFields: z.int(),
  /** Calls with a text that was cut to its limit. */
  truncated: z.int(),
  /** Calls that lack token counts because the console was too busy to count them. */
  notEstimated: z.int(),
  /** Requests turned away before a record was read, by reason, such as `host` or `body-too-large`. */
  refused: z.record(z.string(), z.int()),
  /** Calls that passed through the proxy and could not be recorded, by reason, such as `store-full`. */
  dropped: z.record(z.string(), z.int()),
})
export type IngestCounters = z.infer<typeof ingestCountersSchema>

/** Feedback that came in at the collector's door since it started. */
export const feedbackCountersSchema = z.object({
  accepted: z.int(),
  duplicates: z.int(),
  rejected: z.int(),
  /** The same by field and reason, such as `rating must be an integer from 1 to 5`. */
  rejectedByReason: z.record(z.string(), z.int()),
})
export type FeedbackCounters = z.infer<typeof feedbackCountersSchema>

export const collectorStatusSchema = z.object({
  version: z.string(),
  url: z.string(),
  port: z.int(),
  requestedPort: z.int(),
  containerUrls: z
    .array(z.string())
    .describe('where containers find the collector; none: it is not open to them'),
  dataDir: z.string(),
  startedAt: z.int().describe('epoch ms'),
  pausedSince: z.int().nullable().describe('epoch ms; null: calls are taken'),
  counters: ingestCountersSchema,
  feedback: feedbackCountersSchema,
  redactions: z
    .record(z.string(), z.int())
    .describe('what was taken out of texts, ever, by detector or id of the pattern'),
  queue: z.object({ records: z.int(), bytes: z.int(), limitBytes: z.int() }),
  writer: z.object({
    commits: z.int(),
    avgCommitMs: z.number().nullable(),
    maxCommitMs: z.number().nullable(),
  }),
  store: z.object({ calls: z.int(), sizeBytes: z.int(), schemaVersion: z.string() }),
  versions: z.object({ node: z.string(), sqlite: z.string() }),
})
export type CollectorStatus = z.infer<typeof collectorStatusSchema>

/**
 * Calls were committed; feedback was, or was resolved or opened again. Each is told at most four times a second,
 * whatever the load.
 */
export const collectorEventSchema = z.object({ type: z.enum(['calls', 'feedback']), stored: z.int() })
export type CollectorEvent = z.infer<typeof collectorEventSchema>

const appTokenSchema = z.object({ token: z.string() })

export const collectorContract = {
  status: oc
    .route({
      method: 'GET',
      path: '/v1/collector/status',
      tags: ['Collector'],
      summary: 'Counters, queue and sizes',
    })
    .output(collectorStatusSchema),
  /** Pushed to the window; scripts have `status`. */
  events: oc.output(eventIterator(collectorEventSchema)),
  /** What apps send where a token is demanded of them. Shown in the window only. */
  appToken: oc.output(appTokenSchema),
  /** Makes a new one; apps that send the old one are refused from then on. */
  renewAppToken: oc.output(appTokenSchema),
  /**
   * Has the collector listen on another port from now on, and after every start that names none. What is under way at the
   * old one is answered. For the window only: a script would saw off the branch that it sits on.
   */
  changePort: oc
    .errors({
      CONFLICT: { status: 409, message: 'Another program listens on this port. Nothing has changed.' },
    })
    .input(z.object({ port: portSchema }))
    .output(z.object({ port: z.int(), url: z.string() })),
  /** Stores one marked call, as an app would send it. For the window only. */
  sendTestCall: oc.output(z.object({ app: z.string(), requestId: z.string() })),
}

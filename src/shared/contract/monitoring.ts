import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { DEFAULT_TOP_CALLS, LIMITS } from '../limits.ts'
import { appLogItemSchema } from './app-logs.ts'
import { instantSchema } from './instant.ts'

const label = z.string().max(LIMITS.nameLength).optional()

/** Which calls a statistic is about: a range of start times `[from, to)` and labels, all of which must match. */
export const callFilterSchema = z
  .object({
    from: instantSchema,
    to: instantSchema,
    app: label,
    appType: label,
    provider: label,
    model: label,
    userId: label,
    environment: label,
  })
  .refine((filter) => filter.from < filter.to, { error: 'must be later than from', path: ['to'] })
export type CallFilter = z.output<typeof callFilterSchema>

export type SeriesBy = z.infer<typeof seriesBySchema>

/** Statistics of a set of calls. Percentiles are nearest-rank over finished calls; null without any. */
export const summarySchema = z.object({
  requests: z.int(),
  success: z.int(),
  errors: z.int(),
  successRate: z.number().nullable().describe('0–1'),
  avgDurationMs: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  avgTtftMs: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  cachedInputTokens: z.int(),
  reasoningTokens: z.int(),
  totalTokens: z.int(),
  // Whole, but a sum of absurd costs may pass 2^53: that must not fail the answer.
  costNanos: z.number().describe('1e-9 of the base currency'),
  currency: z.string(),
  unpricedRequests: z.int(),
  activeUsers: z.int().describe('users with a call'),
  sessions: z.int().describe('sessions with a call'),
  satisfaction: z
    .number()
    .nullable()
    .describe(
      'CSAT, 0–1: ratings of 4 and 5 among all ratings of these calls; null without any. ' +
        'Feedback counts at the start of its call; before its call has come, at its own time, and only where no label is asked for',
    ),
})
export type Summary = z.infer<typeof summarySchema>

/** One bucket of a series; without calls `requests` is 0 and the durations are null. */
export const pointSchema = z.object({
  t: z.int().describe('start of the bucket, epoch ms'),
  ...summarySchema.pick({
    requests: true,
    success: true,
    errors: true,
    avgDurationMs: true,
    p50Ms: true,
    p95Ms: true,
    p99Ms: true,
    avgTtftMs: true,
    inputTokens: true,
    outputTokens: true,
    cachedInputTokens: true,
    totalTokens: true,
    costNanos: true,
  }).shape,
  satisfaction: summarySchema.shape.satisfaction
    .optional()
    .describe('as in a summary; only where the series are not split'),
})
export type Point = z.infer<typeof pointSchema>

export const bucketSchema = z.enum(['auto', 'minute', 'hour', 'day'])
export type Bucket = z.infer<typeof bucketSchema>

/** What a series may be split by. */
export const seriesBySchema = z.enum(['none', 'model', 'app', 'user'])

/** What statistics can be compared by. */
export const breakdownBySchema = z.enum([
  'model',
  'app',
  'appType',
  'user',
  'provider',
  'environment',
  'errorType',
])
export type BreakdownBy = z.infer<typeof breakdownBySchema>

export const timeZoneSchema = z
  .string()
  .max(LIMITS.nameLength)
  .refine(isTimeZone, { error: 'must be an IANA time zone' })
  .optional()
  .describe('IANA name, where hours and days begin; the one of this machine if absent')

/** Statistics of the calls that share the value of a label. */
export const breakdownRowSchema = z.object({
  key: z.string().nullable().describe('the value; null: the calls that have none'),
  ...summarySchema.omit({ activeUsers: true, sessions: true }).shape,
})
export type BreakdownRow = z.infer<typeof breakdownRowSchema>

const seriesSchema = z.object({
  bucketMs: z.int().describe('width of a bucket; a day with a change of clocks has 23 or 25 hours'),
  series: z.array(z.object({ key: z.string().nullable(), points: z.array(pointSchema) })),
})
export type Series = z.infer<typeof seriesSchema>

const comparisonSchema = z.object({
  current: summarySchema,
  previous: summarySchema.describe('of the period of equal length just before'),
  // Whole, but before the longest ranges it lies beyond 2^53.
  previousFrom: z.number().describe('epoch ms: where that begins; it ends at from'),
})
export type Comparison = z.infer<typeof comparisonSchema>

/** What calls are ranked by. */
export const topCallsBySchema = z.enum(['duration', 'cost'])
export type TopCallsBy = z.infer<typeof topCallsBySchema>

/** Days of calls that were counted again, of how many. */
export const rebuildProgressSchema = z.object({ done: z.int(), total: z.int() })
export type RebuildProgress = z.infer<typeof rebuildProgressSchema>

export const monitoringContract = {
  summary: oc
    .route({
      method: 'GET',
      path: '/v1/monitoring/summary',
      tags: ['Monitoring'],
      summary: 'Statistics of a range',
    })
    .input(callFilterSchema)
    .output(summarySchema),
  comparison: oc
    .route({
      method: 'GET',
      path: '/v1/monitoring/comparison',
      tags: ['Monitoring'],
      summary: 'Statistics of a range and of the period of equal length before it',
    })
    .input(callFilterSchema)
    .output(comparisonSchema),
  series: oc
    .route({
      method: 'GET',
      path: '/v1/monitoring/series',
      tags: ['Monitoring'],
      summary: 'Statistics by time bucket',
    })
    .input(
      callFilterSchema.safeExtend({
        bucket: bucketSchema.default('auto'),
        by: seriesBySchema.default('none'),
        timeZone: timeZoneSchema,
      }),
    )
    .output(seriesSchema),
  breakdown: oc
    .route({
      method: 'GET',
      path: '/v1/monitoring/breakdown',
      tags: ['Monitoring'],
      summary: 'Statistics by the value of a label, most requests first',
    })
    .input(callFilterSchema.safeExtend({ by: breakdownBySchema }))
    .output(z.object({ rows: z.array(breakdownRowSchema) })),
  topCalls: oc
    .route({
      method: 'GET',
      path: '/v1/monitoring/top-calls',
      tags: ['Monitoring'],
      summary: 'The calls that took longest or cost most; those that do not tell it are left out',
    })
    .input(
      callFilterSchema.safeExtend({
        by: topCallsBySchema.default('duration'),
        limit: z.int().min(1).max(LIMITS.topCalls).default(DEFAULT_TOP_CALLS),
      }),
    )
    .output(z.object({ items: z.array(appLogItemSchema) })),
  /** Makes all rollups anew and says how far it is. For the window; scripts have `npm run rebuild-rollups`. */
  rebuildRollups: oc.output(eventIterator(rebuildProgressSchema)),
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    // A RangeError: the name is none.
    return false
  }
}

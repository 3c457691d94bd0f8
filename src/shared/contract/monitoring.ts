import { oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'
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
    environment: label,
  })
  .refine((filter) => filter.from < filter.to, { error: 'must be later than from', path: ['to'] })
export type CallFilter = z.output<typeof callFilterSchema>

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
    inputTokens: true,
    outputTokens: true,
    costNanos: true,
  }).shape,
})
export type Point = z.infer<typeof pointSchema>

export const bucketSchema = z.enum(['auto', 'minute', 'hour'])
export type Bucket = z.infer<typeof bucketSchema>

const seriesSchema = z.object({
  bucketMs: z.int(),
  series: z.array(z.object({ key: z.string().nullable(), points: z.array(pointSchema) })),
})
export type Series = z.infer<typeof seriesSchema>

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
  series: oc
    .route({
      method: 'GET',
      path: '/v1/monitoring/series',
      tags: ['Monitoring'],
      summary: 'Statistics by time bucket',
    })
    .input(callFilterSchema.safeExtend({ bucket: bucketSchema.default('auto') }))
    .output(seriesSchema),
}

import type { Bucket, CallFilter, Point, Series, Summary } from '#shared/contract/monitoring.ts'
import { ConsoleError } from '#shared/errors.ts'
import { LIMITS } from '#shared/limits.ts'
import { BASE_CURRENCY } from '../pricing/index.ts'
import type { BucketStatistics, StatisticsRequest } from '../store/queries/scan-statistics.ts'
import type { Store } from '../store/store.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** Up to this range a series that may choose has a point a minute. */
const MINUTE_SERIES_MAX_MS = 6 * HOUR_MS

/** Statistics over a range, as one set of numbers. */
export async function summarise(store: Pick<Store, 'ask'>, filter: CallFilter): Promise<Summary> {
  const [bucket] = await store.ask('scanStatistics', { ...toRequest(filter), bucketMs: null })
  return toSummary(bucket)
}

/**
 * Statistics over a range, by buckets of time in UTC. Every bucket that the range touches has a point.
 *
 * @throws ConsoleError `range-too-long` if there would be more points than `LIMITS.pointsPerSeries`.
 */
export async function seriesOf(
  store: Pick<Store, 'ask'>,
  filter: CallFilter & { bucket: Bucket },
): Promise<Series> {
  const bucketMs = chooseBucketMs(filter)
  const start = Math.floor(filter.from / bucketMs) * bucketMs
  const pointCount = Math.ceil((filter.to - start) / bucketMs)
  if (pointCount > LIMITS.pointsPerSeries) {
    throw new ConsoleError(
      'range-too-long',
      `The range has ${pointCount} points, at most ${LIMITS.pointsPerSeries} are given. Choose a shorter range or a wider bucket.`,
    )
  }
  const found = await store.ask('scanStatistics', { ...toRequest(filter), bucketMs })
  const byStart = new Map(found.map((bucket) => [bucket.t, bucket]))
  const points = Array.from({ length: pointCount }, (_, index) => {
    const t = start + index * bucketMs
    return { t, ...toMeasures(byStart.get(t)) }
  })
  return { bucketMs, series: [{ key: null, points }] }
}

function chooseBucketMs({ from, to, bucket }: CallFilter & { bucket: Bucket }): number {
  if (bucket === 'auto') return to - from <= MINUTE_SERIES_MAX_MS ? MINUTE_MS : HOUR_MS
  return bucket === 'minute' ? MINUTE_MS : HOUR_MS
}

function toRequest(filter: CallFilter): Omit<StatisticsRequest, 'bucketMs'> {
  return {
    from: filter.from,
    to: filter.to,
    labels: {
      app: filter.app,
      app_type: filter.appType,
      provider: filter.provider,
      model: filter.model,
      environment: filter.environment,
    },
  }
}

function toSummary(bucket: BucketStatistics | undefined): Summary {
  const sums = bucket?.sums
  return {
    ...toMeasures(bucket),
    successRate: sums ? ratio(sums.requests - sums.errors, sums.requests) : null,
    avgTtftMs: sums ? toMs(ratio(sums.ttft_us, sums.ttft_requests)) : null,
    tokensPerSecond: sums ? ratio(sums.generated_tokens, sums.generation_us / 1e6) : null,
    cachedInputTokens: sums?.cached_input_tokens ?? 0,
    reasoningTokens: sums?.reasoning_tokens ?? 0,
    totalTokens: sums?.total_tokens ?? 0,
    currency: BASE_CURRENCY,
    unpricedRequests: sums?.unpriced_requests ?? 0,
  }
}

/** What a point and a summary have in common. */
function toMeasures(bucket: BucketStatistics | undefined): Omit<Point, 't'> {
  const sums = bucket?.sums
  return {
    requests: sums?.requests ?? 0,
    success: sums ? sums.requests - sums.errors : 0,
    errors: sums?.errors ?? 0,
    avgDurationMs: sums ? toMs(ratio(sums.duration_us, sums.finished_requests)) : null,
    p50Ms: toMs(bucket?.p50Us ?? null),
    p95Ms: toMs(bucket?.p95Us ?? null),
    p99Ms: toMs(bucket?.p99Us ?? null),
    inputTokens: sums?.input_tokens ?? 0,
    outputTokens: sums?.output_tokens ?? 0,
    costNanos: sums?.cost_nanos ?? 0,
  }
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null
}

function toMs(durationUs: number | null): number | null {
  return durationUs === null ? null : durationUs / 1000
}

import type { Kysely } from 'kysely'
import type { Sums } from '../call-rollup.ts'
import { addSums, addToSums, emptySums, HOUR_MS, SUMS } from '../call-rollup.ts'
import { DurationDistribution } from '../duration-distribution.ts'
import type { Schema } from '../schema.ts'

export interface StatisticsRequest {
  /** epoch ms, `[from, to)` */
  from: number
  to: number
  /** Labels that must match; an absent one matches all. */
  labels: Partial<Record<(typeof LABELS)[number], string | undefined>>
  /** Width of a bucket; null: one bucket for the whole range. Below an hour everything is read from raw rows. */
  bucketMs: number | null
}

/** What is known of the calls of one bucket. */
export interface BucketStatistics {
  /** Start of the bucket, epoch ms; the start of the range when there is one bucket. */
  t: number
  sums: Sums
  p50Us: number | null
  p95Us: number | null
  p99Us: number | null
}

const LABELS = ['app', 'app_type', 'provider', 'model', 'environment'] as const

/** Ranges up to this long are read from raw rows, so that their percentiles are exact. */
const RAW_RANGE_MAX_MS = 6 * HOUR_MS

/**
 * Aggregates calls by bucket of their start. Long ranges come from hourly rollups, and from raw rows only for the
 * hours that the range cuts at its ends, so the work grows with hours and label sets, not with calls.
 *
 * @returns the buckets that have calls, in no particular order.
 */
export async function scanStatistics(
  db: Kysely<Schema>,
  request: StatisticsRequest,
): Promise<BucketStatistics[]> {
  const buckets = new Map<number, { sums: Sums; durations: DurationDistribution }>()
  const bucketAt = (startedAt: number) => {
    const t =
      request.bucketMs === null ? request.from : Math.floor(startedAt / request.bucketMs) * request.bucketMs
    let bucket = buckets.get(t)
    if (!bucket) {
      bucket = { sums: emptySums(), durations: new DurationDistribution() }
      buckets.set(t, bucket)
    }
    return bucket
  }

  // One transaction, so that rollups and raw rows are of the same moment.
  await db.transaction().execute(async (snapshot) => {
    const { rollup, raw } = splitRange(request)
    if (rollup) {
      for (const row of await readRollups(snapshot, request, rollup)) {
        const { sums, durations } = bucketAt(row.hour_start)
        addSums(sums, row)
        durations.merge(row.duration_histogram)
      }
    }
    for (const range of raw) {
      for (const row of await readCalls(snapshot, request, range)) {
        const { sums, durations } = bucketAt(row.startedAt)
        addToSums(sums, row)
        if (row.durationUs !== null) durations.add(row.durationUs)
      }
    }
  })

  return [...buckets].map(([t, { sums, durations }]) => ({
    t,
    sums,
    p50Us: durations.percentileUs(0.5),
    p95Us: durations.percentileUs(0.95),
    p99Us: durations.percentileUs(0.99),
  }))
}

interface Range {
  from: number
  to: number
}

/** Which part of the range rollups can answer, and which parts only raw rows can. */
export function splitRange(request: Pick<StatisticsRequest, 'from' | 'to' | 'bucketMs'>): {
  rollup: Range | null
  raw: Range[]
} {
  const { from, to, bucketMs } = request
  const isFine = bucketMs !== null && bucketMs < HOUR_MS
  if (isFine || to - from <= RAW_RANGE_MAX_MS) return { rollup: null, raw: [{ from, to }] }
  const firstHour = Math.ceil(from / HOUR_MS) * HOUR_MS
  const endHour = Math.floor(to / HOUR_MS) * HOUR_MS
  const edges = [
    { from, to: firstHour },
    { from: endHour, to },
  ]
  return { rollup: { from: firstHour, to: endHour }, raw: edges.filter((edge) => edge.from < edge.to) }
}

/** By the primary key of the rollup; labels are looked up per row by theirs. */
function readRollups(db: Kysely<Schema>, request: StatisticsRequest, range: Range) {
  let query = db
    .selectFrom('call_rollup_hour')
    .select(['hour_start', 'duration_histogram', ...SUMS])
    .where('hour_start', '>=', range.from)
    .where('hour_start', '<', range.to)
  const wanted = LABELS.filter((label) => request.labels[label] !== undefined)
  if (wanted.length > 0) {
    query = query.where('label_set_id', 'in', (eb) => {
      let sets = eb.selectFrom('label_set').select('label_set.id')
      for (const label of wanted) sets = sets.where(label, '=', request.labels[label] ?? '')
      return sets
    })
  }
  return query.execute()
}

/** By app_log_started_at. */
async function readCalls(db: Kysely<Schema>, request: StatisticsRequest, range: Range) {
  let query = db
    .selectFrom('app_log')
    .select([
      'status',
      'started_at as startedAt',
      'duration_us as durationUs',
      'ttft_us as ttftUs',
      'input_tokens as inputTokens',
      'output_tokens as outputTokens',
      'cached_input_tokens as cachedInputTokens',
      'cache_write_tokens as cacheWriteTokens',
      'reasoning_tokens as reasoningTokens',
      'total_tokens as totalTokens',
      'cost_nanos as costNanos',
    ])
    .where('started_at', '>=', range.from)
    .where('started_at', '<', range.to)
    .where('is_step', '=', 0)
  for (const label of LABELS) {
    const value = request.labels[label]
    if (value === undefined) continue
    // The same labels that the rollup counts a call under, where an absent one is ''.
    query = query.where((eb) =>
      label === 'model'
        ? eb(eb.fn.coalesce('model', 'request_model', eb.val('')), '=', value)
        : eb(eb.fn.coalesce(label, eb.val('')), '=', value),
    )
  }
  return query.execute()
}

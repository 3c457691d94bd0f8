import { setImmediate } from 'node:timers/promises'
import type { AppLogItem } from '#shared/contract/app-logs.ts'
import type {
  BreakdownBy,
  BreakdownRow,
  Bucket,
  CallFilter,
  Comparison,
  Point,
  Series,
  SeriesBy,
  Summary,
  TopCallsBy,
} from '#shared/contract/monitoring.ts'
import { LIMITS } from '#shared/limits.ts'
import { satisfactionOf } from '../feedback/index.ts'
import { BASE_CURRENCY } from '../pricing/index.ts'
import type { FeedbackStatisticsRequest } from '../store/queries/feedback-statistics.ts'
import { unpackByKey, unpackGroups } from '../store/queries/packed-groups.ts'
import type { GroupStatistics, StatisticsRequest } from '../store/queries/scan-statistics.ts'
import type { Store } from '../store/store.ts'
import { cutIntoBuckets } from './buckets.ts'

type Asking = Pick<Store, 'ask'>

/** Statistics over a range, as one set of numbers. */
export async function summarise(store: Asking, filter: CallFilter): Promise<Summary> {
  const request = { ...toRequest(filter), edges: null, groupBy: null }
  const [groups, { users, sessions }, [feedback]] = await Promise.all([
    store.ask('scanStatistics', request),
    store.ask('countPresent', request),
    store.ask('feedbackStatistics', toFeedbackRequest(filter, null)),
  ])
  const [group] = unpackGroups(groups)
  return { ...toFigures(group), activeUsers: users, sessions, satisfaction: satisfactionOf(feedback) }
}

/** Statistics over a range, and over the period of equal length that ends where it begins. */
export async function compareWithPrevious(store: Asking, filter: CallFilter): Promise<Comparison> {
  const previousFrom = filter.from - (filter.to - filter.from)
  const [current, previous] = await Promise.all([
    summarise(store, filter),
    summarise(store, { ...filter, from: previousFrom, to: filter.from }),
  ])
  return { current, previous, previousFrom }
}

/** The calls that took longest or cost most. */
export function topCalls(
  store: Asking,
  filter: CallFilter & { by: TopCallsBy; limit: number },
): Promise<AppLogItem[]> {
  return store.ask('topCalls', { ...toRequest(filter), by: filter.by, limit: filter.limit })
}

/**
 * Statistics by the value of a label, most requests first, then by value. Calls without a user or without an error are
 * in no row of a breakdown by these.
 */
export async function breakDown(
  store: Asking,
  filter: CallFilter & { by: BreakdownBy },
): Promise<BreakdownRow[]> {
  const groupBy = COLUMNS[filter.by]
  const [groups, feedback] = await Promise.all([
    store.ask('scanStatistics', { ...toRequest(filter), edges: null, groupBy }),
    store.ask('feedbackStatistics', toFeedbackRequest(filter, groupBy)),
  ])
  const feedbackByKey = new Map(feedback.map((counts) => [counts.key, counts]))
  return unpackGroups(groups)
    .filter(({ key }) => filter.by !== 'errorType' || key !== '')
    .map((group) => ({
      key: group.key || null,
      ...toFigures(group),
      satisfaction: satisfactionOf(feedbackByKey.get(group.key)),
    }))
    .sort((a, b) => b.requests - a.requests || compare(a.key ?? '', b.key ?? ''))
}

/**
 * Statistics over a range by buckets of time, one series or one for each of the values with the most requests. Every
 * bucket that the range touches has a point.
 *
 * @throws ConsoleError `range-too-long` if there would be more points than `LIMITS.pointsPerAnswer`.
 */
export async function seriesOf(
  store: Asking,
  filter: CallFilter & { bucket: Bucket; by: SeriesBy; timeZone?: string | undefined },
): Promise<Series> {
  const { by, timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone } = filter
  const { bucketMs, starts } = cutIntoBuckets(filter, filter.bucket, timeZone)
  const request = { ...toRequest(filter), edges: starts }
  const linesMax = Math.min(LIMITS.seriesPerChart, Math.floor(LIMITS.pointsPerAnswer / starts.length))
  const toPoints = (groups: readonly GroupStatistics[]): Point[] => {
    const byStart = new Map(groups.map((group) => [group.t, group]))
    return starts.map((t) => ({ t, ...toMeasures(byStart.get(t)) }))
  }
  if (by === 'none') {
    const [packed, feedback] = await Promise.all([
      store.ask('scanStatistics', { ...request, groupBy: null }),
      store.ask('feedbackStatistics', { ...toFeedbackRequest(filter, null), edges: starts }),
    ])
    const ratings = new Map(feedback.map((counts) => [counts.t, counts]))
    const points = toPoints(unpackGroups(packed)).map((point) => ({
      ...point,
      satisfaction: satisfactionOf(ratings.get(point.t)),
    }))
    return { bucketMs, series: [{ key: null, points }] }
  }
  if (by === 'user') {
    // A user's calls are few and found by the user.
    const users = (await breakDown(store, { ...filter, by })).slice(0, linesMax)
    const series = users.map(async ({ key }) => {
      const groups = await store.ask('scanStatistics', { ...request, userId: key ?? '', groupBy: null })
      return { key, points: toPoints(unpackGroups(groups)) }
    })
    return { bucketMs, series: await Promise.all(series) }
  }
  const groups = await store.ask('scanStatistics', { ...request, groupBy: COLUMNS[by], groupsMax: linesMax })
  const series: Series['series'] = []
  for (const ofKey of unpackByKey(groups)) {
    series.push({ key: ofKey[0]?.key || null, points: toPoints(ofKey) })
    // Others get a turn between two lines of the chart.
    await setImmediate()
  }
  return { bucketMs, series }
}

/** The labels of the store by the names of the contract. */
const COLUMNS = {
  app: 'app',
  appType: 'app_type',
  provider: 'provider',
  model: 'model',
  environment: 'environment',
  errorType: 'error_type',
  user: 'user',
} as const satisfies Record<BreakdownBy, StatisticsRequest['groupBy']>

function toRequest(filter: CallFilter): Omit<StatisticsRequest, 'edges' | 'groupBy'> {
  return {
    from: filter.from,
    to: filter.to,
    userId: filter.userId,
    labels: {
      app: filter.app,
      app_type: filter.appType,
      provider: filter.provider,
      model: filter.model,
      environment: filter.environment,
    },
  }
}

function toFeedbackRequest(
  filter: CallFilter,
  groupBy: FeedbackStatisticsRequest['groupBy'],
): FeedbackStatisticsRequest {
  const { from, to, labels, userId } = toRequest(filter)
  return { from, to, labels, userId, groupBy, time: 'call' }
}

type Figures = Omit<Summary, 'activeUsers' | 'sessions' | 'satisfaction'>

function toFigures(group: GroupStatistics | undefined): Figures {
  const sums = group?.sums
  return {
    ...toMeasures(group),
    successRate: sums ? ratio(sums.requests - sums.errors, sums.requests) : null,
    tokensPerSecond: sums ? ratio(sums.generated_tokens, sums.generation_us / 1e6) : null,
    reasoningTokens: sums?.reasoning_tokens ?? 0,
    currency: BASE_CURRENCY,
    unpricedRequests: sums?.unpriced_requests ?? 0,
  }
}

/** What a point and a summary have in common. */
function toMeasures(group: GroupStatistics | undefined): Omit<Point, 't'> {
  const sums = group?.sums
  return {
    requests: sums?.requests ?? 0,
    success: sums ? sums.requests - sums.errors : 0,
    errors: sums?.errors ?? 0,
    avgDurationMs: sums ? toMs(ratio(sums.duration_us, sums.finished_requests)) : null,
    p50Ms: toMs(group?.p50Us ?? null),
    p95Ms: toMs(group?.p95Us ?? null),
    p99Ms: toMs(group?.p99Us ?? null),
    avgTtftMs: sums ? toMs(ratio(sums.ttft_us, sums.ttft_requests)) : null,
    inputTokens: sums?.input_tokens ?? 0,
    outputTokens: sums?.output_tokens ?? 0,
    cachedInputTokens: sums?.cached_input_tokens ?? 0,
    totalTokens: sums?.total_tokens ?? 0,
    costNanos: sums?.cost_nanos ?? 0,
  }
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null
}

function toMs(durationUs: number | null): number | null {
  return durationUs === null ? null : durationUs / 1000
}

/** By code unit, so that the order is the same everywhere. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

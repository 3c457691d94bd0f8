import { emptySums, SUMS } from '../sums.ts'
import type { GroupStatistics } from './scan-statistics.ts'

/**
 * Groups as they go from thread to thread. As objects, the thousands of a chart would hold the main thread for longer
 * than a frame, and those of all buckets at once.
 */
export interface PackedGroups {
  /** In the order of the numbers. */
  keys: { key: string; buckets: number }[]
  /** For each group its `t`, its sums and its percentiles; NaN stands for null. */
  numbers: Float64Array
}

const PERCENTILES = ['p50Us', 'p95Us', 'p99Us'] as const
const NUMBERS_PER_GROUP = 1 + SUMS.length + PERCENTILES.length

/** @returns the keys with the most requests first, then by key. */
export function packGroups(groups: readonly GroupStatistics[]): PackedGroups {
  const requests = (of: readonly GroupStatistics[]) => of.reduce((sum, { sums }) => sum + sums.requests, 0)
  const byKey = [...Map.groupBy(groups, ({ key }) => key)]
    .map(([key, ofKey]) => ({ key, ofKey, requests: requests(ofKey) }))
    .sort((a, b) => b.requests - a.requests || (a.key < b.key ? -1 : 1))
  const numbers = new Float64Array(groups.length * NUMBERS_PER_GROUP)
  let at = 0
  for (const { t, sums, ...percentiles } of byKey.flatMap(({ ofKey }) => ofKey)) {
    numbers[at++] = t
    for (const sum of SUMS) numbers[at++] = sums[sum]
    for (const percentile of PERCENTILES) numbers[at++] = percentiles[percentile] ?? NaN
  }
  return { keys: byKey.map(({ key, ofKey }) => ({ key, buckets: ofKey.length })), numbers }
}

/** All of them at once. */
export function unpackGroups(packed: PackedGroups): GroupStatistics[] {
  return [...unpackByKey(packed)].flat()
}

/** Key by key, as they are asked for. */
export function* unpackByKey({ keys, numbers }: PackedGroups): Generator<GroupStatistics[]> {
  let at = 0
  const next = () => numbers[at++] ?? NaN
  const nextPercentile = () => {
    const us = next()
    return Number.isNaN(us) ? null : us
  }
  for (const { key, buckets } of keys) {
    yield Array.from({ length: buckets }, () => {
      const t = next()
      const sums = emptySums()
      for (const sum of SUMS) sums[sum] = next()
      return { key, t, sums, p50Us: nextPercentile(), p95Us: nextPercentile(), p99Us: nextPercentile() }
    })
  }
}

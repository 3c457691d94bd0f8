import { expect, test } from 'vitest'
import type { Point } from '#shared/contract/monitoring.ts'
import { courseOf } from '../../../../src/renderer/pages/dashboard/stat-courses.ts'
import { FIGURE_LABELS } from '../../../../src/renderer/pages/dashboard/stat-figures.ts'

const QUIET: Point = {
  t: 0,
  requests: 0,
  success: 0,
  errors: 0,
  avgDurationMs: null,
  p50Ms: null,
  p95Ms: null,
  p99Ms: null,
  avgTtftMs: null,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  totalTokens: 0,
  costNanos: 0,
  satisfaction: null,
}
const BUSY: Point = { ...QUIET, requests: 4, success: 3, avgTtftMs: 90, totalTokens: 7, satisfaction: 0.5 }
const series = { bucketMs: 1, series: [{ key: null, points: [QUIET, BUSY] }] }

test('every card has a course, from the points of the charts', () => {
  for (const { id } of FIGURE_LABELS) expect(courseOf(id, series).values).toHaveLength(2)
  expect(courseOf('first-token', series).values).toEqual([null, 90])
  expect(courseOf('tokens', series)).toEqual({ values: [0, 7], fromZero: true })
})

test('of no calls no share is known: that is a gap and no fall to zero', () => {
  expect(courseOf('success-rate', series)).toEqual({ values: [null, 0.75], fromZero: false })
  expect(courseOf('satisfaction', series).values).toEqual([null, 0.5])
})

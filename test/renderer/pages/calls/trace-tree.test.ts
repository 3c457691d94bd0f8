import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TraceItem } from '#shared/contract/app-logs.ts'
import { traceLines } from '../../../../src/renderer/pages/calls/detail/trace-tree.ts'

const item = (given: Partial<TraceItem>) =>
  ({ spanId: null, parentSpanId: null, startedAt: 1_000, durationMs: null, ...given }) as TraceItem

test('what a span made lies below it, on one time line', () => {
  const lines = traceLines([
    item({ spanId: 'root', startedAt: 1_000, durationMs: 400 }),
    item({ spanId: 'b', parentSpanId: 'root', startedAt: 1_100, durationMs: 100 }),
    item({ spanId: 'c', parentSpanId: 'lost', startedAt: 1_150, durationMs: 50 }),
    item({ spanId: 'd', parentSpanId: 'b', startedAt: 1_200, durationMs: null }),
  ])
  expect(lines.map(({ item: { spanId }, depth }) => [spanId, depth])).toEqual([
    ['root', 0],
    ['b', 1],
    ['d', 2],
    ['c', 0],
  ])
  expect(lines[1]).toMatchObject({ offset: 0.25, width: 0.25 })
})

test('every item has one line, whatever its parents, and lies within the time line', () => {
  const id = fc.option(fc.constantFrom('a', 'b', 'c', 'd'))
  const one = fc.record({
    spanId: id,
    parentSpanId: id,
    startedAt: fc.nat(1_000),
    durationMs: fc.option(fc.nat(1_000)),
  })
  fc.assert(
    fc.property(fc.array(one), (given) => {
      const items = given.map(item)
      const lines = traceLines(items)
      expect(new Set(lines.map((line) => line.item))).toEqual(new Set(items))
      expect(lines).toHaveLength(items.length)
      for (const { offset, width } of lines) {
        expect(offset).toBeGreaterThanOrEqual(0)
        expect(offset + width).toBeLessThanOrEqual(1 + 1e-9)
      }
    }),
  )
})

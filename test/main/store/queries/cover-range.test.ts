import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coverRange, rollupStretches } from '../../../../src/main/store/queries/cover-range.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe('coverRange', () => {
  test('takes the widest rollups that fit, and calls for what is left at the ends', () => {
    expect(coverRange({ from: HOUR - 1, to: 2 * DAY + 7 * MINUTE }, [HOUR - 1])).toEqual([
      { from: HOUR - 1, to: HOUR, source: 'calls' },
      { from: HOUR, to: DAY, source: HOUR },
      { from: DAY, to: 2 * DAY, source: DAY },
      { from: 2 * DAY, to: 2 * DAY + 5 * MINUTE, source: 5 * MINUTE },
      { from: 2 * DAY + 5 * MINUTE, to: 2 * DAY + 7 * MINUTE, source: 'calls' },
    ])
  })

  test('joins neighbouring buckets of one width to one part', () => {
    const edges = Array.from({ length: 48 }, (_, hour) => hour * HOUR)
    expect(coverRange({ from: 0, to: 2 * DAY }, edges)).toEqual([{ from: 0, to: 2 * DAY, source: HOUR }])
  })

  test('takes no rollup that two buckets share', () => {
    const edges = [0, 30 * MINUTE]
    expect(coverRange({ from: 0, to: HOUR }, edges)).toEqual([{ from: 0, to: HOUR, source: 5 * MINUTE }])
    expect(coverRange({ from: 0, to: 10 * MINUTE }, [0, 7 * MINUTE])).toEqual([
      { from: 0, to: 5 * MINUTE, source: 5 * MINUTE },
      { from: 5 * MINUTE, to: 10 * MINUTE, source: 'calls' },
    ])
  })

  test('covers every moment of the range once and none outside, with whole rollups only, before 1970 too', () => {
    const ranges = fc.record({
      from: fc.integer({ min: -50 * HOUR, max: 50 * HOUR }),
      lengthMs: fc.integer({ min: 1, max: 90 * HOUR }),
      width: fc.constantFrom(7 * MINUTE, 30 * MINUTE, HOUR, 5 * HOUR, DAY, 1000 * DAY),
      offset: fc.integer({ min: 0, max: HOUR }),
    })
    fc.assert(
      fc.property(ranges, ({ from, lengthMs, width, offset }) => {
        const to = from + lengthMs
        const first = Math.floor((from - offset) / width) * width + offset
        const edges: number[] = []
        for (let edge = first; edge < to; edge += width) edges.push(edge)
        const parts = coverRange({ from, to }, edges)
        expect(parts[0]?.from).toBe(from)
        expect(parts.at(-1)?.to).toBe(to)
        parts.slice(1).forEach((part, index) => expect(part.from).toBe(parts[index]?.to))
        for (const part of parts) {
          expect(part.from).toBeLessThan(part.to)
          if (part.source === 'calls') continue
          expect([Math.abs(part.from % part.source), Math.abs(part.to % part.source)]).toEqual([0, 0])
          // None of its rollups reaches into another bucket.
          for (const edge of edges.filter((inside) => inside > part.from && inside < part.to))
            expect(Math.abs(edge % part.source)).toBe(0)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('rollupStretches', () => {
  test('joins what rollups of any width answer without a gap', () => {
    const parts = coverRange({ from: HOUR - 1, to: 2 * DAY + 7 * MINUTE }, [HOUR - 1])
    expect(rollupStretches(parts)).toEqual([{ from: HOUR, to: 2 * DAY + 5 * MINUTE }])
  })

  test('ends one where calls answer', () => {
    expect(rollupStretches(coverRange({ from: 0, to: 20 * MINUTE }, [0, 7 * MINUTE]))).toEqual([
      { from: 0, to: 5 * MINUTE },
      { from: 10 * MINUTE, to: 20 * MINUTE },
    ])
    expect(rollupStretches([{ from: 0, to: 10, source: 'calls' }])).toEqual([])
  })
})

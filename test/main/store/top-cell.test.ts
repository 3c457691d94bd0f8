import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RankedCall, TopCell } from '../../../src/main/store/top-cell.ts'
import {
  cellOf,
  changeCell,
  compareRanked,
  EMPTY_CELL,
  isShort,
  packRanked,
  unpackRanked,
} from '../../../src/main/store/top-cell.ts'

const KEPT = 4
const values = fc.array(fc.nat(12), { maxLength: 8 })
const steps = fc.array(fc.record({ added: values, leaves: fc.nat(10), isRepriced: fc.boolean() }))

test('a cell holds the first calls of its set, or fewer and says that it is short', () => {
  let shortCells = 0
  fc.assert(
    fc.property(steps, (happened) => {
      let cell: TopCell = EMPTY_CELL
      let calls: RankedCall[] = []
      let lastId = 0
      for (const { added, leaves, isRepriced } of happened) {
        const leaving = calls.filter(({ id }) => (id * 7) % 10 < leaves)
        const coming = added.map((value) => ({ value, id: (lastId += 1) }))
        // The same calls again, with other values.
        if (isRepriced) coming.push(...leaving.map(({ id, value }) => ({ id, value: (value * 5) % 13 })))
        cell = changeCell(cell, new Set(leaving.map(({ id }) => id)), cellOf(coming, KEPT), KEPT)
        calls = [...calls.filter((call) => !leaving.includes(call)), ...coming]

        const ranked = calls.toSorted(compareRanked)
        expect(cell.counted).toBe(calls.length)
        expect(cell.top).toEqual(ranked.slice(0, cell.top.length))
        if (isShort(cell, KEPT)) shortCells += 1
        else expect(cell.top).toHaveLength(Math.min(KEPT, calls.length))
        expect(unpackRanked(packRanked(cell.top))).toEqual(cell.top)
      }
    }),
    { numRuns: 500 },
  )
  expect(shortCells).toBeGreaterThan(50)
})

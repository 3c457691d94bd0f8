import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changeKeyCounts, sumKeyChanges } from '../../../src/main/store/key-counts.ts'
import { forEachPair } from '../../../src/main/store/packed-pairs.ts'

const keys = fc.array(fc.oneof(fc.nat(20), fc.integer({ min: 0, max: 2 ** 40 })), { maxLength: 30 })

function countsOf(packed: Uint8Array): [number, number][] {
  const counts: [number, number][] = []
  forEachPair(packed, (key, count) => counts.push([key, count]))
  return counts
}

test('counts follow whatever comes and goes, and equal counts are equal bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ added: keys, goes: fc.nat(100) })), (steps) => {
      let there: number[] = []
      let packed: Uint8Array | undefined
      for (const { added, goes } of steps) {
        const removed = there.filter((_key, index) => (index * 7) % 100 < goes)
        const stays = there.filter((_key, index) => (index * 7) % 100 >= goes)
        packed = changeKeyCounts(packed, sumKeyChanges(added, removed))
        there = [...stays, ...added]
      }
      const expected = [...Map.groupBy(there, (key) => key)]
        .map(([key, same]): [number, number] => [key, same.length])
        .sort(([a], [b]) => a - b)
      expect(countsOf(packed ?? new Uint8Array())).toEqual(expected)
      expect(packed ?? new Uint8Array()).toEqual(changeKeyCounts(undefined, sumKeyChanges(there, [])))
    }),
    { numRuns: 300 },
  )
})

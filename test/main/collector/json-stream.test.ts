import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isLarge, streamJson } from '../../../src/main/collector/json-stream.ts'

const leaf = fc.oneof(
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
)
const item = fc.dictionary(fc.string(), leaf, { maxKeys: 4 })
const list = fc.integer({ min: 0, max: 900 }).map((length) => ({ length }))

test('is the same JSON as in one step', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string(), fc.oneof(leaf, item, fc.tuple(item, list)), { maxKeys: 4 }),
      list,
      item,
      async (rest, { length }, element) => {
        const points = Array.from({ length }, (_, index) => ({ t: index, ...element }))
        const value = {
          ...rest,
          series: [
            { key: 'a', points },
            { key: null, points, none: undefined },
          ],
          points,
        }
        expect(await new Response(streamJson(value)).text()).toBe(JSON.stringify(value))
      },
    ),
    { numRuns: 40 },
  )
})

test('lists with holes, and lists of lists', async () => {
  const value = [
    Array.from({ length: 500 }, (_, index) => (index % 2 ? undefined : [index, NaN])),
    undefined,
    1,
  ]
  expect(await new Response(streamJson(value)).text()).toBe(JSON.stringify(value))
})

test('is for answers with many elements only', () => {
  expect(isLarge({ rows: Array.from({ length: 100 }, () => ({ a: 1 })) })).toBe(false)
  expect(isLarge({ rows: Array.from({ length: 1_000 }, () => ({ a: 1 })) })).toBe(true)
  expect(isLarge({ series: Array.from({ length: 12 }, () => ({ points: Array(60).fill(1) })) })).toBe(true)
  expect(isLarge('a'.repeat(10_000))).toBe(false)
  expect(isLarge(undefined)).toBe(false)
})

test('is not written any further when nobody reads', async () => {
  let reads = 0
  const rows = Array.from({ length: 10_000 }, () => ({
    toJSON() {
      reads += 1
      return reads
    },
  }))
  const reader = streamJson({ rows }).getReader()
  for (let step = 0; step < 6; step += 1) await reader.read()
  await reader.cancel()
  expect(reads).toBeLessThan(2_000)
})

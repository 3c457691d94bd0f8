import { expect, test } from 'vitest'
import type { AppLogItem } from '#shared/contract/app-logs.ts'
import { mergeNewest } from '../../../../src/renderer/pages/calls/merge-newest.ts'

const call = (id: number, startedAt = id) => ({ id, startedAt }) as AppLogItem
const idsOf = (calls: readonly AppLogItem[]) => calls.map(({ id }) => id)

test('new calls stand where they started, each once', () => {
  const loaded = [call(4), call(2), call(1)]
  const merged = mergeNewest(loaded, { items: [call(5), call(4), call(6, 3), call(2)], nextCursor: 'more' })
  expect(idsOf(merged.calls)).toEqual([5, 4, 6, 2, 1])
  expect(merged.isWhole).toBe(false)
})

test('nothing new leaves the list as it is', () => {
  const loaded = [call(2), call(1)]
  expect(mergeNewest(loaded, { items: [call(2)], nextCursor: null }).calls).toBe(loaded)
})

test('where calls between may be missing, the list begins anew', () => {
  const merged = mergeNewest([call(2), call(1)], { items: [call(9), call(8)], nextCursor: 'more' })
  expect(idsOf(merged.calls)).toEqual([9, 8])
  expect(merged.isWhole).toBe(true)
})

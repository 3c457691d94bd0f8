import { expect, test } from 'vitest'
import { LIMITS } from '../../src/shared/limits.ts'
import { RecentlyRemoved } from '../../src/shared/recently-removed.ts'

const removed = (count: number): RecentlyRemoved<{ id: string }> => {
  const kept = new RecentlyRemoved<{ id: string }>()
  for (let number = 0; number < count; number += 1) kept.add({ id: String(number) })
  return kept
}

test('what is removed can be taken back, each by its id, as long as there is room', () => {
  const kept = removed(LIMITS.undoableRemovals + 1)
  expect(kept.get('0')).toBeUndefined()
  expect(kept.get('1')).toEqual({ id: '1' })
  kept.delete('1')
  expect(kept.get('1')).toBeUndefined()
})

test('what must not come back is given up', () => {
  const kept = removed(3)
  kept.forget(({ id }) => id !== '1')
  expect(['0', '1', '2'].map((id) => kept.get(id)?.id)).toEqual([undefined, '1', undefined])
})

import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { useToasts } from '../../../src/renderer/stores/toasts.ts'

beforeEach(() => setActivePinia(createPinia()))

const texts = () => useToasts().visible.map(({ text }) => text)

test('at most three are seen, the newest; the older ones come back as those go', () => {
  const toasts = useToasts()
  for (const text of ['one', 'two', 'three', 'four']) toasts.show({ text })
  expect(texts()).toEqual(['two', 'three', 'four'])
  toasts.dismiss(toasts.visible[2]?.id ?? 0)
  expect(texts()).toEqual(['one', 'two', 'three'])
})

test('what is said again is counted in its place', () => {
  const toasts = useToasts()
  for (const text of ['saved', 'exported', 'saved']) toasts.show({ text })
  expect(toasts.visible).toMatchObject([
    { text: 'saved', count: 2 },
    { text: 'exported', count: 1 },
  ])
})

test('two removals of the same words can each be taken back', () => {
  const toasts = useToasts()
  const [first, second] = [vi.fn(), vi.fn()]
  toasts.show({ text: 'removed', action: { label: 'Undo', run: first } })
  toasts.show({ text: 'removed', action: { label: 'Undo', run: second } })
  expect(toasts.visible).toMatchObject([
    { text: 'removed', count: 1 },
    { text: 'removed', count: 1 },
  ])
  toasts.visible[0]?.action?.run()
  expect(first).toHaveBeenCalledOnce()
  expect(second).not.toHaveBeenCalled()
})

test('a failure is not the same as a success of the same words', () => {
  const toasts = useToasts()
  toasts.show({ text: 'import' })
  toasts.show({ text: 'import', isFailure: true })
  expect(toasts.visible).toHaveLength(2)
})

test('a message that was dismissed counts from one when it is said again', () => {
  const toasts = useToasts()
  toasts.show({ text: 'saved' })
  toasts.dismiss(toasts.visible[0]?.id ?? 0)
  toasts.show({ text: 'saved' })
  expect(toasts.visible).toMatchObject([{ text: 'saved', count: 1 }])
})

test('those that wait beneath are counted, and all can be dismissed at once', () => {
  const toasts = useToasts()
  for (const text of ['one', 'two', 'three', 'four', 'five']) toasts.show({ text })
  expect(toasts.waiting).toBe(2)
  toasts.dismissAll()
  expect(toasts.visible).toEqual([])
  expect(toasts.waiting).toBe(0)
})

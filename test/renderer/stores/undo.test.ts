import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { useToasts } from '../../../src/renderer/stores/toasts.ts'
import { useUndo } from '../../../src/renderer/stores/undo.ts'

beforeEach(() => setActivePinia(createPinia()))

test('what was done is said, and taken back if that is wanted, wherever the user is by then', async () => {
  const [toasts, undo] = [useToasts(), useUndo()]
  const takeBack = vi.fn(async () => undefined)
  undo.offer('“Daily” was removed.', takeBack)
  expect(toasts.visible).toMatchObject([{ text: '“Daily” was removed.', action: { label: 'Undo' } }])
  expect(takeBack).not.toHaveBeenCalled()
  toasts.visible[0]?.action?.run()
  await vi.waitFor(() => expect(undo.revision).toBe(1))
  expect(takeBack).toHaveBeenCalledOnce()
  expect(toasts.visible).toHaveLength(1)
})

test('what could not be taken back is told of, and can be tried again', async () => {
  const [toasts, undo] = [useToasts(), useUndo()]
  const takeBack = vi.fn<() => Promise<void>>().mockRejectedValueOnce(new Error('busy')).mockResolvedValue()
  undo.offer('It was removed.', takeBack)
  toasts.visible[0]?.action?.run()
  await vi.waitFor(() => expect(toasts.visible).toHaveLength(2))
  expect(toasts.visible[1]).toMatchObject({
    text: 'This could not be undone. It was removed.',
    isFailure: true,
    action: { label: 'Try again' },
  })
  toasts.visible[1]?.action?.run()
  await vi.waitFor(() => expect(undo.revision).toBe(2))
  expect(takeBack).toHaveBeenCalledTimes(2)
})

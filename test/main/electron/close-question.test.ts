import { expect, test, vi } from 'vitest'
import { closeAs, createCloseQuestion } from '../../../src/main/electron/close-question.ts'

test('what was chosen is done without a question', () => {
  expect(createCloseQuestion(() => 'tray').decide()).toBe('hide')
  expect(createCloseQuestion(() => 'quit').decide()).toBe('quit')
})

test('pages that listen are asked; without them it ends', async () => {
  const question = createCloseQuestion(() => 'ask')
  expect(question.decide()).toBe('quit')
  const abort = new AbortController()
  const events = question.events(abort.signal)
  const first = events.next()
  expect(question.decide()).toBe('ask')
  expect(await first).toEqual({ done: false, value: { type: 'close-asked' } })

  const next = events.next()
  abort.abort()
  await next.catch(() => undefined)
  expect(question.decide()).toBe('quit')
})

test('the answer is done', () => {
  const does = { hide: vi.fn(), quit: vi.fn() }
  closeAs('tray', does)
  closeAs('quit', does)
  expect([does.hide.mock.calls.length, does.quit.mock.calls.length]).toEqual([1, 1])
})

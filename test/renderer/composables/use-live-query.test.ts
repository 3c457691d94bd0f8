import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { EffectScope } from 'vue'
import { effectScope, nextTick, ref } from 'vue'
import type { LiveQuery } from '../../../src/renderer/composables/use-live-query.ts'
import { isPageHidden } from '../../../src/renderer/composables/page-hidden.ts'
import { useLiveQuery } from '../../../src/renderer/composables/use-live-query.ts'

interface Question {
  range: string
  signal: AbortSignal
  answer: (text: string) => void
  fail: (message: string) => void
}

let scope: EffectScope
const range = ref('1h')
const revision = ref(0)
let questions: Question[]

beforeEach(() => {
  vi.useFakeTimers()
  scope = effectScope()
  range.value = '1h'
  revision.value = 0
  isPageHidden.value = false
  questions = []
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

function start(options: { idleIntervalMs?: number; isPaused?: () => boolean } = {}): LiveQuery<string> {
  const query = scope.run(() =>
    useLiveQuery<string>({
      ask: (signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')))
          questions.push({
            range: range.value,
            signal,
            answer: resolve,
            fail: (message) => reject(new Error(message)),
          })
        }),
      inputs: range,
      revision,
      ...options,
    }),
  )
  if (!query) throw new Error('the scope was stopped')
  return query
}

function question(index: number): Question {
  const found = questions[index]
  if (!found) throw new Error(`there was no question ${index}`)
  return found
}

async function settle(milliseconds = 0): Promise<void> {
  await nextTick()
  await vi.advanceTimersByTimeAsync(milliseconds)
}

describe('live query', () => {
  test('the answer stays on screen while the next one is on its way', async () => {
    const { data } = start()
    question(0).answer('first')
    await settle()
    revision.value += 1
    await settle(1_000)
    expect(questions).toHaveLength(2)
    expect(data.value).toBe('first')
    question(1).answer('second')
    await settle()
    expect(data.value).toBe('second')
  })

  test('a burst of events while a question runs leads to one more, after it', async () => {
    start()
    for (let event = 0; event < 50; event += 1) {
      revision.value += 1
      await settle(20)
    }
    expect(questions).toHaveLength(1)
    question(0).answer('old')
    await settle(1_000)
    expect(questions).toHaveLength(2)
  })

  test('what keeps coming is asked for once a second, and what is chosen meanwhile at once', async () => {
    start()
    const comes = async (ms: number) => {
      for (let elapsed = 0; elapsed < ms; elapsed += 50) {
        revision.value += 1
        questions.at(-1)?.answer('figures')
        await settle(50)
      }
    }
    await comes(9_900)
    expect(questions).toHaveLength(10)
    await comes(300)
    range.value = '7d'
    await settle(100)
    expect(questions.at(-1)?.range).toBe('7d')
  })

  test('other inputs abort the question under way, and its late answer is not shown', async () => {
    const { data, error, isChanging } = start()
    range.value = '7d'
    await settle()
    expect(question(0).signal.aborted).toBe(true)
    expect(isChanging.value).toBe(true)
    question(0).answer('of one hour')
    await settle(500)
    expect(data.value).toBeUndefined()
    expect(error.value).toBeUndefined()
    expect(question(1).range).toBe('7d')
    question(1).answer('of seven days')
    await settle()
    expect(data.value).toBe('of seven days')
    expect(isChanging.value).toBe(false)
  })

  test('a failed refresh keeps the figures and says since when they are', async () => {
    vi.setSystemTime(1_000_000)
    const { data, error, answeredAt } = start()
    question(0).answer('figures')
    await settle(60_000)
    question(1).fail('the store is busy')
    await settle()
    expect(data.value).toBe('figures')
    expect(answeredAt.value).toBe(1_000_000)
    expect(error.value?.message).toBe('the store is busy')
  })

  test('figures of one range never stand under the name of another that could not be loaded', async () => {
    const { data, error } = start()
    question(0).answer('of one hour')
    await settle()
    range.value = '30d'
    await settle(500)
    expect(data.value).toBe('of one hour')
    question(1).fail('too long')
    await settle()
    expect(data.value).toBeUndefined()
    expect(error.value?.message).toBe('too long')
  })

  test('it asks again by itself, so that a range that ends now moves on and a failure heals', async () => {
    const { data, error } = start()
    question(0).fail('not yet')
    await settle(15_000)
    expect(questions).toHaveLength(2)
    question(1).answer('now')
    await settle()
    expect(data.value).toBe('now')
    expect(error.value).toBeUndefined()
  })

  test('a page that cannot be told of what it shows asks more often', async () => {
    start({ idleIntervalMs: 2_000 })
    for (const index of [0, 1, 2]) {
      question(index).answer('the same')
      await settle(2_000)
    }
    expect(questions).toHaveLength(4)
  })

  test('it ends with its page', async () => {
    start()
    scope.stop()
    await settle(60_000)
    expect(questions).toHaveLength(1)
    expect(question(0).signal.aborted).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('paused, it asks what was chosen and nothing else, and then for what it missed', async () => {
    const isPaused = ref(true)
    start({ isPaused: () => isPaused.value })
    question(0).answer('first')
    await settle(60_000)
    revision.value += 1
    await settle(60_000)
    expect(questions).toHaveLength(1)
    range.value = '6h'
    await settle(1_000)
    expect(questions).toHaveLength(2)
    question(1).answer('second')
    await settle(1_000)
    isPaused.value = false
    await settle(1_000)
    expect(questions).toHaveLength(3)
  })
})

test('while the page is hidden nothing is asked, and once it is seen what was missed is', async () => {
  start({ idleIntervalMs: 1_000 })
  question(0).answer('first')
  await settle(600)
  isPageHidden.value = true
  await settle()
  revision.value += 1
  await settle(60_000)
  expect(questions).toHaveLength(1)
  expect(vi.getTimerCount(), 'nothing wakes the process').toBe(0)

  isPageHidden.value = false
  await settle(600)
  expect(questions).toHaveLength(2)
})

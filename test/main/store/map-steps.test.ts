import { expect, test } from 'vitest'
import { mapSteps } from '../../../src/main/store/map-steps.ts'

function counting() {
  const seen = { isEnded: false }
  async function* count() {
    try {
      yield 1
      yield 2
      yield 3
      return 'sum 6'
    } finally {
      seen.isEnded = true
    }
  }
  return { seen, steps: mapSteps(count(), (step) => (step === 2 ? null : `step ${step}`)) }
}

test('steps are told in other words, some not at all, and what came of them is returned', async () => {
  const { seen, steps } = counting()
  const told = []
  let step = await steps.next()
  for (; !step.done; step = await steps.next()) told.push(step.value)
  expect(told).toEqual(['step 1', 'step 3'])
  expect(step.value).toBe('sum 6')
  expect(seen.isEnded).toBe(true)
})

test('whoever stops taking steps ends what makes them', async () => {
  const { seen, steps } = counting()
  await steps.next()
  await steps.return('nothing')
  expect(seen.isEnded).toBe(true)
})

test('a failure is passed on', async () => {
  const failing: AsyncIterator<number, string, void> = {
    next: () => Promise.reject(new Error('it broke')),
  }
  await expect(mapSteps(failing, String).next()).rejects.toThrow('it broke')
})

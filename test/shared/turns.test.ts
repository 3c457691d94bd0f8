import { expect, test } from 'vitest'
import { Turns } from '#shared/turns.ts'

test('work is done in the order that it was asked for, also after some that failed', async () => {
  const turns = new Turns()
  const done: string[] = []
  const work = (name: string, waits: number) => async () => {
    for (let count = 0; count < waits; count += 1) await Promise.resolve()
    done.push(name)
    if (name === 'fails') throw new Error(name)
    return name
  }
  const asked = [turns.take(work('slow', 50)), turns.take(work('fails', 20)), turns.take(work('fast', 0))]
  expect(await Promise.allSettled(asked)).toMatchObject([
    { value: 'slow' },
    { reason: new Error('fails') },
    { value: 'fast' },
  ])
  expect(done).toEqual(['slow', 'fails', 'fast'])
})

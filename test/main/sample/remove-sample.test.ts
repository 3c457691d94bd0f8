import { expect, onTestFinished, test } from 'vitest'
import { createSample } from '../../../src/main/sample/index.ts'
import { openSettings } from '../../../src/main/settings/index.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeCall } from '../store/make-call.ts'

test('removing that a page cancels at one of its steps tells what is gone, and goes on the next time', async () => {
  const store = await openStore({ dataDir: temporaryFolder() })
  onTestFinished(() => store.close())
  await store.insertCalls(
    Array.from({ length: 500 }, (_, index) => makeCall({ requestId: `demo-1-${index}-0` })),
  )
  const announced: number[] = []
  const sample = createSample({
    store,
    settings: await openSettings(store),
    submitCalls: async () => undefined,
    submitFeedback: async () => undefined,
    removeAlerts: async () => 0,
    stopTraffic: async () => undefined,
    announce: (calls) => void announced.push(calls),
  })
  await sample.note()
  const steps = sample.remove()
  let step = await steps.next()
  while (!step.done && step.value.calls === 0) step = await steps.next()
  expect(step.value).toMatchObject({ type: 'progress', calls: 200 })
  await steps.return(undefined)
  expect(announced).toEqual([200])
  expect(sample.isBusy()).toBe(false)

  let last
  for await (const next of sample.remove()) last = next
  expect(last).toMatchObject({ type: 'done', calls: 300 })
  expect(announced).toEqual([200, 300])
  expect((await store.ask('storeSize', null)).calls).toBe(0)
})

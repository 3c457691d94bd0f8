import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { SEGMENT_CALLS } from '../../../../src/main/store/text-index/segment.ts'
import { openStore } from '../../../../src/main/store/store.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeCall } from '../make-call.ts'

const callsOf = (text: string, count: number) =>
  Array.from({ length: count }, () => makeCall({ prompt: { format: 'text', text } }))

test(
  'calls are indexed by themselves, and those that are deleted leave the index',
  { timeout: 60_000 },
  async () => {
    let mayWork = true
    const store = await openStore({ dataDir: temporaryFolder(), mayWorkInBackground: () => mayWork })
    onTestFinished(() => store.close())
    const state = () => store.ask('textIndexState', null)
    const allIndexed = async () => {
      for (;;) {
        const { total, indexed } = await state()
        if (indexed === total) return total
        await delay(50)
      }
    }
    await store.insertCalls(callsOf('hello', SEGMENT_CALLS + 10))
    expect((await state()).total).toBe(SEGMENT_CALLS + 10)
    expect(await allIndexed()).toBe(SEGMENT_CALLS + 10)

    // What is left to do is looked at before it is done.
    mayWork = false
    await store.forgetCalls({ ids: [3], digests: [], forgottenAt: 0 })
    expect(await state()).toMatchObject({ indexed: 10 })
    expect(await store.ask('outdatedSegments', null)).toBe(1)
    await store.purgeTextIndex()
    expect(await store.ask('outdatedSegments', null)).toBe(0)
    await store.finishTextIndex()
    await allIndexed()

    await store.rebuildTextIndex()
    await store.finishTextIndex()
    expect(await state()).toMatchObject({ indexed: SEGMENT_CALLS + 10 })
  },
)

test('a store that is opened again goes on where it was', { timeout: 60_000 }, async () => {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  await store.insertCalls(callsOf('hello', 2 * SEGMENT_CALLS))
  await store.close()
  const again = await openStore({ dataDir })
  onTestFinished(() => again.close())
  await again.finishTextIndex()
  expect(await again.ask('textIndexState', null)).toEqual({
    total: 2 * SEGMENT_CALLS,
    indexed: 2 * SEGMENT_CALLS,
  })
  expect((await again.ask('listCalls', { q: 'ell', limit: 5 })).items).toHaveLength(5)
})

test('on battery it waits, unless somebody waits for it', { timeout: 60_000 }, async () => {
  const store = await openStore({ dataDir: temporaryFolder(), mayWorkInBackground: () => false })
  onTestFinished(() => store.close())
  await store.insertCalls(callsOf('hello', SEGMENT_CALLS))
  await delay(1_500)
  expect(await store.ask('textIndexState', null)).toMatchObject({ indexed: 0 })
  await store.finishTextIndex()
  expect(await store.ask('textIndexState', null)).toMatchObject({ indexed: SEGMENT_CALLS })
})

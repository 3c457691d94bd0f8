import { describe, expect, onTestFinished, test } from 'vitest'
import type { AppLogItem } from '#shared/contract/app-logs.ts'
import type { CallPlace } from '../../../../src/main/store/queries/list-calls.ts'
import type { Store } from '../../../../src/main/store/store.ts'
import { openStore } from '../../../../src/main/store/store.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeCall } from '../make-call.ts'

async function storeWith(starts: readonly number[]): Promise<Store> {
  const store = await openStore({ dataDir: temporaryFolder() })
  onTestFinished(() => store.close())
  await store.insertCalls(starts.map((startedAt, index) => makeCall({ requestId: `c${index}`, startedAt })))
  return store
}

async function readAllPages(
  store: Store,
  range: { from?: number; to?: number; limit: number },
): Promise<AppLogItem[][]> {
  const pages: AppLogItem[][] = []
  let after: CallPlace | undefined
  do {
    const page: AppLogItem[] = await store.ask('listCalls', { ...range, after })
    const last = page.at(-1)
    after = last && { startedAt: last.startedAt, id: last.id }
    if (page.length > 0) pages.push(page)
  } while (after && pages.length < 100)
  return pages
}

const idsOf = (items: readonly AppLogItem[]) => items.map((item) => item.requestId)

describe('listCalls', () => {
  test('gives the newest first, those that started together by arrival', async () => {
    const store = await storeWith([10, 30, 20, 30, 10])
    expect(idsOf(await store.ask('listCalls', { limit: 10 }))).toEqual(['c3', 'c1', 'c2', 'c4', 'c0'])
  })

  test('gives every call once in pages of any size, although many started together', async () => {
    const starts = Array.from({ length: 40 }, (_, index) => 1000 - Math.floor(index / 9))
    const store = await storeWith(starts)
    const whole = idsOf(await store.ask('listCalls', { limit: 1000 }))
    expect(new Set(whole).size).toBe(40)
    for (const limit of [1, 2, 3, 7, 40, 100]) {
      const pages = await readAllPages(store, { limit })
      expect(idsOf(pages.flat())).toEqual(whole)
      expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true)
    }
  })

  test('keeps its place when calls arrive between two pages', async () => {
    const store = await storeWith([10, 20, 30, 40])
    const first = await store.ask('listCalls', { limit: 2 })
    await store.insertCalls([
      makeCall({ requestId: 'newer', startedAt: 50 }),
      makeCall({ requestId: 'same', startedAt: 30 }),
    ])
    const last = first.at(-1)
    const second = await store.ask('listCalls', {
      limit: 2,
      after: last && { startedAt: last.startedAt, id: last.id },
    })
    expect(idsOf([...first, ...second])).toEqual(['c3', 'c2', 'c1', 'c0'])
  })

  test('takes calls from the start of the range to just before its end, in pages too', async () => {
    const store = await storeWith([1, 2, 3, 4, 5, 6])
    expect(idsOf(await store.ask('listCalls', { from: 2, to: 4, limit: 10 }))).toEqual(['c2', 'c1'])
    expect(idsOf((await readAllPages(store, { from: 2, to: 6, limit: 2 })).flat())).toEqual([
      'c4',
      'c3',
      'c2',
      'c1',
    ])
  })
})

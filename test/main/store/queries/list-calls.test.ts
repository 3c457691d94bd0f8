import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { AppLogItem } from '#shared/contract/app-logs.ts'
import type { CallListRequest, CallPage, CallPlace } from '../../../../src/main/store/queries/list-calls.ts'
import type { Store } from '../../../../src/main/store/store.ts'
import { listCalls } from '../../../../src/main/store/queries/list-calls.ts'
import { openForReading } from '../../../../src/main/store/database.ts'
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
  read: (request: CallListRequest) => Promise<CallPage>,
  request: CallListRequest,
): Promise<AppLogItem[][]> {
  const pages: AppLogItem[][] = []
  let after: CallPlace | undefined
  do {
    const { items, end }: CallPage = await read({ ...request, after })
    pages.push(items)
    after = end ?? undefined
  } while (after && pages.length < 100)
  return pages
}

const asking = (store: Store) => (request: CallListRequest) => store.ask('listCalls', request)

const idsOf = (items: readonly AppLogItem[]) => items.map((item) => item.requestId)

describe('listCalls', () => {
  test('gives the newest first, those that started together by arrival', async () => {
    const store = await storeWith([10, 30, 20, 30, 10])
    expect(idsOf((await store.ask('listCalls', { limit: 10 })).items)).toEqual(['c3', 'c1', 'c2', 'c4', 'c0'])
  })

  test('tells whose the token counts and the cost are', async () => {
    const store = await openStore({ dataDir: temporaryFolder() })
    onTestFinished(() => store.close())
    await store.insertCalls([
      makeCall({ startedAt: 3 }),
      makeCall({
        startedAt: 2,
        inputTokens: 9,
        usageSource: 'estimated',
        costNanos: 7,
        costSource: 'computed',
      }),
      makeCall({
        startedAt: 1,
        inputTokens: 9,
        usageSource: 'reported',
        costNanos: 8,
        costSource: 'reported',
      }),
    ])
    const { items } = await store.ask('listCalls', { limit: 10 })
    expect(items.map(({ usageSource, costSource }) => [usageSource, costSource])).toEqual([
      [null, null],
      ['estimated', 'computed'],
      ['reported', 'reported'],
    ])
  })

  test('gives every call once in pages of any size, although many started together', async () => {
    const starts = Array.from({ length: 40 }, (_, index) => 1000 - Math.floor(index / 9))
    const store = await storeWith(starts)
    const whole = idsOf((await store.ask('listCalls', { limit: 1000 })).items)
    expect(new Set(whole).size).toBe(40)
    for (const limit of [1, 2, 3, 7, 40, 100]) {
      const pages = await readAllPages(asking(store), { limit })
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
    const second = await store.ask('listCalls', { limit: 2, after: first.end ?? undefined })
    expect(idsOf([...first.items, ...second.items])).toEqual(['c3', 'c2', 'c1', 'c0'])
    expect(second.end).toBeNull()
  })

  test('takes calls from the start of the range to just before its end, in pages too', async () => {
    const store = await storeWith([1, 2, 3, 4, 5, 6])
    expect(idsOf((await store.ask('listCalls', { from: 2, to: 4, limit: 10 })).items)).toEqual(['c2', 'c1'])
    expect(idsOf((await readAllPages(asking(store), { from: 2, to: 6, limit: 2 })).flat())).toEqual([
      'c4',
      'c3',
      'c2',
      'c1',
    ])
  })

  test.each([
    ['app', { app: 'a' }, ['c4', 'c2', 'c0']],
    ['the model that answered', { model: 'answering' }, ['c1']],
    ['the model that was asked for, where none answered', { model: 'asked' }, ['c2']],
    ['user', { userId: 'u' }, ['c3']],
    ['app type', { appType: 'CHAT' }, ['c3']],
    ['provider', { provider: 'openai' }, ['c1']],
    ['environment', { environment: 'staging' }, ['c0']],
    ['not having a label', { model: '', provider: '', environment: '', appType: '' }, ['c4']],
    ['session', { sessionId: 's' }, ['c2']],
    ['status', { status: 'error' }, ['c4']],
    ['error', { errorType: 'timeout' }, ['c4']],
    ['duration', { minDurationMs: 1.5 }, ['c3', 'c1']],
    ['longest duration', { maxDurationMs: 1.5 }, ['c2', 'c1']],
    ['a part of the prompt', { q: '延迟' }, ['c0']],
    ['a part of the response', { q: 'Resp' }, ['c1']],
    ['a part of the error', { q: 'refused' }, ['c4']],
    ['signs, to the letter', { q: '100%_"*' }, ['c2']],
    ['a NUL and what follows it', { q: '\u0000b' }, ['c3']],
    ['several things together', { app: 'a', q: '1' }, ['c2']],
    ['what is not there', { q: 'RESP' }, []],
  ] as const)('finds calls by %s', async (_name, filter, ids) => {
    const store = await openStore({ dataDir: temporaryFolder() })
    onTestFinished(() => store.close())
    const text = (value: string) => ({ format: 'text', text: value }) as const
    await store.insertCalls(
      [
        makeCall({ app: 'a', environment: 'staging', prompt: text('模型的延迟很高') }),
        makeCall({
          app: 'b',
          provider: 'openai',
          model: 'answering',
          requestModel: 'asked',
          durationUs: 1500,
          response: text('a Response'),
        }),
        makeCall({
          app: 'a',
          model: null,
          requestModel: 'asked',
          sessionId: 's',
          durationUs: 1499,
          prompt: text('100%_"*'),
        }),
        makeCall({ app: 'b', appType: 'CHAT', userId: 'u', durationUs: 2000, prompt: text('a\u0000b 1') }),
        makeCall({
          app: 'a',
          status: 'error',
          errorType: 'timeout',
          durationUs: null,
          errorMessage: 'connection refused',
        }),
      ].map((call, index) => ({ ...call, requestId: `c${index}`, startedAt: 1000 + index })),
    )
    expect(idsOf((await store.ask('listCalls', { limit: 10, ...filter })).items)).toEqual(ids)
  })

  test('looks through a bounded number of calls for a page, and goes on from there', async () => {
    const dataDir = temporaryFolder()
    const store = await openStore({ dataDir })
    const starts = Array.from({ length: 50 }, (_, index) => index)
    await store.insertCalls(
      starts.map((startedAt) =>
        makeCall({ requestId: `c${startedAt}`, startedAt, app: startedAt % 20 === 0 ? 'rare' : 'common' }),
      ),
    )
    await store.close()
    const { kysely } = openForReading({ file: join(dataDir, 'llmops.sqlite') })
    onTestFinished(() => kysely.destroy())
    const read = (request: CallListRequest) => listCalls(kysely, request, 10)
    const pages = await readAllPages(read, { app: 'rare', limit: 5 })
    expect(pages.map(idsOf)).toEqual([['c40'], [], ['c20'], [], ['c0'], []])
    expect(idsOf((await readAllPages(read, { app: 'common', limit: 3 })).flat())).toHaveLength(47)
  })
})

import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { AppLogItem } from '#shared/contract/app-logs.ts'
import type { CallPlace } from '../../../../src/main/store/queries/call-places.ts'
import type { CallListRequest, CallPage } from '../../../../src/main/store/queries/list-calls.ts'
import type { Store } from '../../../../src/main/store/store.ts'
import { listCalls } from '../../../../src/main/store/queries/list-calls.ts'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { openStore } from '../../../../src/main/store/store.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { anyCall, makeCall } from '../make-call.ts'
import { makeFeedback } from '../make-feedback.ts'
import { labelOf } from '../reference.ts'

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
    ['Latin letters in either case', { q: 'rESP' }, ['c1']],
    ['what is not there', { q: 'Responses' }, []],
    ['request', { requestId: 'c3' }, ['c3']],
    ['request, at another time', { requestId: 'c3', to: 1003 }, []],
    ['trace', { traceId: 'ab' }, ['c4', 'c1']],
    ['door', { source: 'otlp' }, ['c1']],
    ['operation', { operation: 'chat' }, ['c2']],
    ['tag', { tag: 'a "b"' }, ['c3']],
    ['tag, which is no part of another', { tag: ',' }, []],
    ['tag and label', { tag: 'vip', app: 'b' }, ['c3']],
    ['least cost', { minCost: 5e-9 }, ['c3', 'c1']],
    ['greatest cost', { maxCost: 5e-9 }, ['c1', 'c0']],
    ['having a cost', { isPriced: true }, ['c3', 'c1', 'c0']],
    ['having none', { isPriced: false }, ['c4', 'c2']],
    ['whose counts the tokens are', { usage: 'estimated' }, ['c2']],
    ['streaming', { isStreamed: true }, ['c1']],
    ['not streaming', { isStreamed: false, app: 'b' }, ['c3']],
  ] as const)('finds calls by %s', async (_name, filter, ids) => {
    const store = await openStore({ dataDir: temporaryFolder() })
    onTestFinished(() => store.close())
    const text = (value: string) => ({ format: 'text', text: value }) as const
    await store.insertCalls(
      [
        makeCall({ app: 'a', environment: 'staging', costNanos: 0, prompt: text('模型的延迟很高') }),
        makeCall({
          app: 'b',
          provider: 'openai',
          model: 'answering',
          requestModel: 'asked',
          durationUs: 1500,
          source: 'otlp',
          traceId: 'ab',
          ttftUs: 0,
          costNanos: 5,
          response: text('a Response'),
        }),
        makeCall({
          app: 'a',
          model: null,
          requestModel: 'asked',
          sessionId: 's',
          durationUs: 1499,
          operation: 'chat',
          usageSource: 'estimated',
          prompt: text('100%_"*'),
        }),
        makeCall({
          app: 'b',
          appType: 'CHAT',
          userId: 'u',
          durationUs: 2000,
          costNanos: 6,
          tags: ['a "b"', 'x', 'vip'],
          prompt: text('a\u0000b 1'),
        }),
        makeCall({
          app: 'a',
          status: 'error',
          errorType: 'timeout',
          durationUs: null,
          traceId: 'ab',
          errorMessage: 'connection refused',
        }),
      ].map((call, index) => ({ ...call, requestId: `c${index}`, startedAt: 1000 + index })),
    )
    expect(idsOf((await store.ask('listCalls', { limit: 10, ...filter })).items)).toEqual(ids)
  })

  test('looks through a bounded number of calls for a page, and goes on from there', async () => {
    const database = await openDatabase()
    const { inserter } = createWriters(database)
    inserter.insert([
      Array.from({ length: 50 }, (_, startedAt) =>
        makeCall({ requestId: `c${startedAt}`, startedAt, durationUs: startedAt % 20 === 0 ? 2_000 : 1_000 }),
      ),
    ])
    const read = async (request: CallListRequest) => listCalls(database, request, 10)
    const pages = await readAllPages(read, { minDurationMs: 2, limit: 5 })
    expect(pages.map(idsOf)).toEqual([['c40'], [], ['c20'], [], ['c0'], []])
    expect(idsOf((await readAllPages(read, { maxDurationMs: 1, limit: 3 })).flat())).toHaveLength(47)
  })

  test('finds the few calls that have a label, a state or a user wherever they are', async () => {
    const database = await openDatabase()
    const { follower, inserter } = createWriters(database)
    inserter.insert([
      Array.from({ length: 300 }, (_, index) =>
        makeCall({
          requestId: `c${index}`,
          startedAt: index * 3 * HOUR,
          ...(index % 100 === 0 ? { app: 'rare', userId: 'u', status: 'error' } : {}),
        }),
      ),
    ])
    while (follower.catchUp(1_000) > 0);
    const ids = ['c200', 'c100', 'c0']
    for (const filter of [{ app: 'rare' }, { userId: 'u' }, { status: 'error' }] as const) {
      expect(idsOf(listCalls(database, { ...filter, limit: 5 }, 20).items)).toEqual(ids)
      expect(listCalls(database, { ...filter, limit: 2 }, 20).items).toHaveLength(2)
    }
  })

  test('finds the few calls of a trace, of a request and with feedback wherever they are', async () => {
    const database = await openDatabase()
    const { inserter, feedback } = createWriters(database)
    const of = (startedAt: number) =>
      startedAt % 100 === 0 ? { traceId: 'ab', spanId: String(startedAt) } : {}
    inserter.insert([
      Array.from({ length: 300 }, (_, startedAt) =>
        makeCall({ requestId: `c${startedAt}`, startedAt, isStep: startedAt === 100, ...of(startedAt) }),
      ),
    ])
    for (const requestId of ['c0', 'c100', 'c100', 'c7', 'c0', 'unknown']) {
      feedback.insert([[makeFeedback({ requestId })]])
    }
    const read = async (request: CallListRequest) => listCalls(database, request, 20)
    const all = async (filter: object, limit: number) =>
      (await readAllPages(read, { ...filter, limit })).map(idsOf)
    expect(await all({ traceId: 'ab' }, 5)).toEqual([['c200', 'c0']])
    expect(await all({ requestId: 'c7' }, 5)).toEqual([['c7']])
    expect(await all({ hasFeedback: true }, 5)).toEqual([['c7', 'c0']])
    expect((await all({ hasFeedback: true }, 1)).flat()).toEqual(['c7', 'c0'])
    expect((await all({ hasFeedback: true, from: 5 }, 1)).flat()).toEqual(['c7'])
    expect((await all({ hasFeedback: false }, 50)).flat()).toHaveLength(297)
  })

  test('takes the error type as statistics do', async () => {
    const database = await openDatabase()
    const { inserter } = createWriters(database)
    inserter.insert([
      [
        makeCall({ requestId: 'unnamed', status: 'error' }),
        makeCall({ requestId: 'fine', status: 'ok', errorType: 'timeout' }),
      ],
    ])
    expect(idsOf(listCalls(database, { errorType: '_OTHER', limit: 5 }).items)).toEqual(['unnamed'])
    expect(listCalls(database, { errorType: 'timeout', limit: 5 }).items).toEqual([])
  })

  test(
    'pages of any size and filter, followed or not, are a plain filter and sort',
    { timeout: 120_000 },
    async () => {
      const database = await openDatabase()
      const { follower, inserter } = createWriters(database)
      const label = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 1 })
      const filters = fc.record({
        app: label('checkout-bot', '客服'),
        appType: label('CHAT', ''),
        model: label('gpt-4o', ''),
        environment: label('production', ''),
        errorType: label('timeout', '_OTHER', undefined),
        status: label('ok' as const, 'error' as const),
        userId: label('u-1', 'nobody', undefined),
        sessionId: label('s-1', undefined, undefined),
        minDurationMs: label(1, undefined),
      })
      const asked = fc.record({
        filters,
        ends: fc.option(fc.tuple(fc.nat(SPAN), fc.nat(SPAN)), { nil: undefined }),
        limit: fc.integer({ min: 1, max: 8 }),
        scanLimit: fc.integer({ min: 1, max: 20 }),
      })
      const calls = fc.array(anyCall({ from: 0, spanMs: SPAN }), { maxLength: 30 })
      let set = 0
      fc.assert(
        fc.property(
          calls,
          fc.nat(30),
          fc.array(asked, { minLength: 1, maxLength: 3 }),
          (made, followed, questions) => {
            set += 1
            const start = set * 2 * SPAN
            const stored = made.map((call) => ({ ...call, startedAt: call.startedAt + start }))
            while (follower.catchUp(1_000) > 0);
            inserter.insert([stored])
            if (followed > 0) follower.catchUp(followed)
            for (const { filters: wanted, ends, limit, scanLimit } of questions) {
              const from = start + (ends ? Math.min(...ends) : 0)
              const to = start + (ends ? Math.max(...ends) : SPAN)
              const labels = {
                app: wanted.app,
                app_type: wanted.appType,
                model: wanted.model,
                environment: wanted.environment,
                error_type: wanted.errorType,
                user: wanted.userId,
              } as const
              const expected = stored
                .map((call, index) => ({ call, index }))
                .filter(
                  ({ call }) =>
                    call.startedAt >= from &&
                    call.startedAt < to &&
                    Object.entries(labels).every(
                      ([name, value]) =>
                        value === undefined || labelOf(call, name as keyof typeof labels) === value,
                    ) &&
                    (wanted.status === undefined || call.status === wanted.status) &&
                    (wanted.sessionId === undefined || call.sessionId === wanted.sessionId) &&
                    (wanted.minDurationMs === undefined ||
                      (call.durationUs ?? -1) >= wanted.minDurationMs * 1_000),
                )
                .sort((a, b) => b.call.startedAt - a.call.startedAt || b.index - a.index)
                .map(({ call }) => call.requestId)
              const found: string[] = []
              let after: CallPlace | undefined
              do {
                const page = listCalls(database, { ...wanted, from, to, limit, after }, scanLimit)
                expect(page.items.length).toBeLessThanOrEqual(limit)
                found.push(...idsOf(page.items))
                after = page.end ?? undefined
              } while (after)
              expect(found).toEqual(expected)
            }
          },
        ),
        { numRuns: 400 },
      )
    },
  )
})

const HOUR = 3_600_000
/** Of the calls of one data set. */
const SPAN = 72 * HOUR

async function openDatabase() {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  // Nothing here is about what survives a power cut.
  database.sqlite.pragma('synchronous = OFF')
  await migrateToLatest(database)
  return database
}

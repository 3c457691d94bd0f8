import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { foldCase } from '#shared/fold-case.ts'
import type { NewCall } from '../../../../src/main/store/call.ts'
import type { OpenDatabase } from '../../../../src/main/store/database.ts'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import type { CallPlace } from '../../../../src/main/store/queries/call-places.ts'
import type { CallListRequest } from '../../../../src/main/store/queries/list-calls.ts'
import { listCalls } from '../../../../src/main/store/queries/list-calls.ts'
import { nextIndexStep } from '../../../../src/main/store/queries/next-index-step.ts'
import { textIndexState } from '../../../../src/main/store/queries/text-index-state.ts'
import { SEGMENT_CALLS } from '../../../../src/main/store/text-index/segment.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeCall } from '../make-call.ts'

const START = Date.UTC(2026, 10, 1)

describe('search by the text index', () => {
  test('finds what a plain scan finds, newest first, in pages of any size', async () => {
    const { database, writers } = await openDatabase()
    const calls = someCalls(3 * SEGMENT_CALLS + 100, 1)
    insert(writers, calls)
    index(database, writers)
    expect(await textIndexState(database)).toEqual({ total: calls.length, indexed: calls.length })
    for (const q of QUERIES) {
      for (const limit of [60, 1000]) expect([q, search(database, { q, limit })]).toEqual([q, scan(calls, q)])
    }
  })

  test('finds it whether all, some or none of it is indexed', async () => {
    const { database, writers } = await openDatabase()
    const calls = someCalls(3 * SEGMENT_CALLS, 2)
    insert(writers, calls)
    for (const steps of [0, 1, 1, 1]) {
      index(database, writers, steps)
      for (const q of QUERIES) {
        expect([q, search(database, { q, limit: 200 })]).toEqual([q, scan(calls, q)])
      }
    }
  })

  test('finds it together with everything else that is asked', async () => {
    const { database, writers } = await openDatabase()
    const calls = someCalls(2 * SEGMENT_CALLS + 10, 3)
    insert(writers, calls)
    while (writers.follower.catchUp(10_000) > 0);
    index(database, writers)
    const from = START + 10_000
    const to = START + 60_000
    const q = '延迟'
    const isIn = ({ startedAt }: NewCall) => startedAt >= from && startedAt < to
    expect(search(database, { q, from, to, limit: 5 })).toEqual(scan(calls.filter(isIn), q))
    for (const [filter, isAsked] of [
      [{ app: 'rare' }, ({ app }) => app === 'rare'],
      [{ app: 'common', status: 'error' }, ({ app, status }) => app === 'common' && status === 'error'],
      [{ userId: 'u-3' }, ({ userId }) => userId === 'u-3'],
      [{ minDurationMs: 900 }, ({ durationUs }) => (durationUs ?? 0) >= 900_000],
    ] as [Partial<CallListRequest>, (call: NewCall) => boolean][]) {
      expect([filter, search(database, { q, ...filter, limit: 50 })]).toEqual([
        filter,
        scan(calls.filter(isAsked), q),
      ])
    }
  })

  test('looks at a bounded number of texts for a page, and goes on from there', async () => {
    const { database, writers } = await openDatabase()
    // All have the grams of it, none has it.
    const calls = Array.from({ length: 2 * SEGMENT_CALLS }, (_, index) =>
      makeCall({ startedAt: START + (index % 50), errorMessage: index === 70 ? 'abcd' : 'abc bcd' }),
    )
    insert(writers, calls)
    index(database, writers)
    const found: string[] = []
    let after: CallPlace | undefined
    let pages = 0
    do {
      const page = listCalls(database, { q: 'abcd', limit: 10, after }, 500)
      found.push(...page.items.map(({ requestId }) => requestId))
      after = page.end ?? undefined
      pages += 1
    } while (after && pages < 100)
    expect(found).toEqual(scan(calls, 'abcd'))
    expect(pages).toBeGreaterThan(5)
  })

  test('finds what stands in JSON as people read it', async () => {
    const { database, writers } = await openDatabase()
    const messages = [{ role: 'user', content: 'say "hi"\nand go\\home' }]
    const calls = [
      makeCall({ prompt: { format: 'json', text: JSON.stringify(messages) } }),
      makeCall({ prompt: { format: 'text', text: String.raw`a \"hi\"` } }),
      ...Array.from({ length: SEGMENT_CALLS }, () =>
        makeCall({ response: { format: 'text', text: 'else' } }),
      ),
    ]
    insert(writers, calls)
    index(database, writers)
    const [first, second] = calls.map(({ requestId }) => requestId)
    expect(search(database, { q: 'say "hi"', limit: 5 })).toEqual([first])
    expect(search(database, { q: 'hi"\nand', limit: 5 })).toEqual([first])
    expect(search(database, { q: String.raw`go\home`, limit: 5 })).toEqual([first])
    expect(search(database, { q: '"content":"say', limit: 5 })).toEqual([first])
    expect(search(database, { q: String.raw`\"hi\"`, limit: 5 })).toEqual([second, first])
    expect(search(database, { q: '"hi"', limit: 5 })).toEqual([first])
  })
})

describe('the text index', () => {
  test('is not written when texts changed while it was made', async () => {
    const { database, writers } = await openDatabase()
    insert(writers, someCalls(SEGMENT_CALLS, 4))
    const postings = () => database.sqlite.prepare('select count(*) from text_posting').pluck().get()
    const isNew = nextIndexStep(database)
    writers.deleter.delete([5])
    expect(isNew && writers.textIndex.write(isNew)).toBe(false)
    expect(postings()).toBe(0)

    index(database, writers)
    const before = postings()
    writers.deleter.delete([6])
    const isMadeAnew = nextIndexStep(database)
    writers.deleter.delete([7])
    expect(isMadeAnew && writers.textIndex.write(isMadeAnew)).toBe(false)
    expect(postings()).toBe(before)
  })

  test('has nothing of a text that is gone once it has followed', async () => {
    const { database, writers } = await openDatabase()
    const calls = someCalls(SEGMENT_CALLS + 50, 5)
    insert(writers, calls)
    const without = await openDatabase()
    insert(without.writers, calls)
    without.writers.deleter.delete([7, 8])
    index(without.database, without.writers)

    index(database, writers)
    writers.deleter.delete([7, 8])
    const texts = ({ sqlite }: OpenDatabase) => sqlite.prepare('select * from text_posting').all()
    expect(texts(database)).not.toEqual(texts(without.database))
    index(database, writers)
    expect(texts(database)).toEqual(texts(without.database))
  })

  test('follows texts that are dropped while their call stays', async () => {
    const { database, writers } = await openDatabase()
    insert(writers, [
      makeCall({ requestId: 'dropped', errorMessage: 'unmistakable' }),
      ...someCalls(SEGMENT_CALLS, 6),
    ])
    index(database, writers)
    expect(search(database, { q: 'unmistakable', limit: 5 })).toEqual(['dropped'])
    database.sqlite.transaction(() => {
      database.sqlite.exec('delete from app_log_body where app_log_id = 1')
      writers.textIndex.changed([1])
    })()
    expect(search(database, { q: 'unmistakable', limit: 5 })).toEqual([])
    expect(await textIndexState(database)).toMatchObject({ indexed: 1 })
    index(database, writers)
    expect(await textIndexState(database)).toMatchObject({ indexed: SEGMENT_CALLS + 1 })
  })

  test('finds texts that a call is given later, before and after it has followed', async () => {
    const { database, writers } = await openDatabase()
    insert(writers, [makeCall({ requestId: 'bare' }), ...someCalls(SEGMENT_CALLS, 9)])
    index(database, writers)
    const step = () => nextIndexStep(database)
    database.sqlite.transaction(() => {
      database.sqlite.exec("insert into app_log_body (app_log_id, prompt) values (1, 'unmistakable')")
      writers.textIndex.filled([1])
    })()
    expect(search(database, { q: 'unmistakable', limit: 5 })).toEqual(['bare'])
    index(database, writers)
    expect(step()).toBeNull()
    expect(search(database, { q: 'unmistakable', limit: 5 })).toEqual(['bare'])
  })

  test('is made anew on request', async () => {
    const { database, writers } = await openDatabase()
    const calls = someCalls(SEGMENT_CALLS, 7)
    insert(writers, calls)
    index(database, writers)
    database.sqlite.exec("update text_posting set postings = x''")
    writers.textIndex.rebuild()
    index(database, writers)
    for (const q of QUERIES) expect(search(database, { q, limit: 1000 })).toEqual(scan(calls, q))
  })

  test('looks at a call with too many different letters every time', async () => {
    const { database, writers } = await openDatabase()
    const text = Array.from({ length: 30_000 }, (_, index) =>
      String.fromCharCode(0x4e00 + ((index * 7919) % 20_000)),
    ).join('')
    insert(writers, [
      makeCall({ requestId: 'long', prompt: { format: 'text', text } }),
      ...someCalls(SEGMENT_CALLS, 8),
    ])
    index(database, writers)
    expect(search(database, { q: text.slice(20_000, 20_004), limit: 5 })).toEqual(['long'])
    expect(search(database, { q: `${text.slice(0, 3)}x`, limit: 5 })).toEqual([])
  })

  test('equals a plain scan after anything that happens, in any order', { timeout: 120_000 }, async () => {
    const texts = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 12 }).map((w) => w.join(''))
    const queries = fc.oneof(
      texts.chain((text) =>
        fc
          .tuple(fc.nat(text.length - 1), fc.integer({ min: 1, max: 6 }))
          .map(([start, length]) => text.slice(start, start + length)),
      ),
      fc.string({ minLength: 1, maxLength: 3, unit: 'grapheme' }),
    )
    const events = fc.array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.record({
            kind: fc.constant('insert' as const),
            texts: fc.array(texts, { minLength: 1, maxLength: 20 }),
          }),
        },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('fill' as const) }) },
        {
          weight: 2,
          arbitrary: fc.record({
            kind: fc.constant('delete' as const),
            seed: fc.nat(),
            fromEnd: fc.boolean(),
          }),
        },
        { weight: 2, arbitrary: fc.record({ kind: fc.constant('index' as const), steps: fc.nat(4) }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
      ),
      { minLength: 3, maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(events, fc.array(queries, { minLength: 1, maxLength: 6 }), async (happened, asked) => {
        const file = join(temporaryFolder(), 'test.sqlite')
        let { database, writers } = await openDatabase(file)
        let calls: { id: number; call: NewCall }[] = []
        let time = START
        const store = (made: NewCall[]) => {
          insert(writers, made)
          const idOf = database.sqlite.prepare('select id from app_log where request_id = ?').pluck()
          calls.push(...made.map((call) => ({ id: Number(idOf.get(call.requestId)), call })))
        }
        for (const event of happened) {
          if (event.kind === 'insert') {
            store(
              event.texts.map((text, index) => callOf(text, (time += ((index * 7) % 5) * 400 - 700), index)),
            )
          } else if (event.kind === 'fill') {
            store(
              Array.from({ length: SEGMENT_CALLS }, (_, index) =>
                callOf(WORDS[index % 5] ?? '', (time += 3), index),
              ),
            )
          } else if (event.kind === 'delete') {
            const gone = new Set(
              calls
                .filter((_, index) =>
                  event.fromEnd ? index > calls.length - 30 : (index + event.seed) % 9 === 0,
                )
                .map(({ id }) => id),
            )
            writers.deleter.delete([...gone])
            calls = calls.filter(({ id }) => !gone.has(id))
          } else if (event.kind === 'index') {
            index(database, writers, event.steps)
          } else {
            database.sqlite.close()
            ;({ database, writers } = await openDatabase(file))
          }
        }
        const ordered = calls.sort((a, b) => a.id - b.id).map(({ call }) => call)
        for (const q of asked) {
          expect([q, search(database, { q, limit: 500 })]).toEqual([q, scan(ordered, q)])
        }
      }),
      { numRuns: 25 },
    )
  })
})

/** Words, signs and Chinese, with and without spaces, that hold parts of each other. */
const WORDS = [
  'timeout', ' time', 'out ', 'Time', '延迟', '延', '迟到', '网络延迟很高，', 'NEAR(', '"quoted"', '*', '-', "' OR 1=1 --",
  '%', '_', '{"a":1}', '\\n', '\n', '😀', 'API接口', '接', '！', ' ', 'é', 'İ', 'ﬁ', 'ς', '\u0000', '(a+)+$', '한국어', 'カタカナ',
] // prettier-ignore

const QUERIES = [
  'timeout', 'imeou', 'Timeout', 't', 'q', 'zz', '延迟', '延', '迟很', '很高', '网络延迟很高', '"', '"quoted" NEAR(', 'NEAR(', '*', '-', '--',
  '%', '_', '\\', '(a+)+$', "' OR 1=1 --", 'API接口', 'I接', '😀', '\u0000', 'nowhere', '不在', 'x'.repeat(10_240), '한국', 'タカ',
] // prettier-ignore

async function openDatabase(file = join(temporaryFolder(), 'test.sqlite')) {
  const database = openForWriting({ file })
  onTestFinished(() => void database.sqlite.close())
  database.sqlite.pragma('synchronous = OFF')
  await migrateToLatest(database)
  return { database, writers: createWriters(database) }
}

type Writers = ReturnType<typeof createWriters>

function insert({ inserter }: Writers, calls: readonly NewCall[]): void {
  for (const result of inserter.insert([calls])) if (!result.ok) throw result.error
}

function index(database: OpenDatabase, { textIndex }: Writers, most = Infinity): void {
  for (let done = 0; done < most; done += 1) {
    const step = nextIndexStep(database)
    if (!step) return
    textIndex.write(step)
  }
}

function callOf(text: string, startedAt: number, kind: number): NewCall {
  const body = { format: 'text', text } as const
  if (kind % 4 === 0) return makeCall({ startedAt, errorMessage: text, status: 'error' })
  return makeCall({ startedAt, ...(kind % 4 === 1 ? { response: body } : { prompt: body }) })
}

/** Mostly in the order of their start, with late ones among them. */
function someCalls(count: number, seed: number): NewCall[] {
  let state = seed
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
  return Array.from({ length: count }, (_, position) => {
    const words = Array.from(
      { length: 1 + random(6) },
      () => WORDS[Math.floor((random(1000) / 1000) ** 3 * WORDS.length)],
    )
    const late = random(20) === 0 ? random(50_000) : 0
    return {
      ...callOf(words.join(''), START + position * 20 - late, random(4)),
      app: random(200) === 0 ? 'rare' : 'common',
      userId: `u-${random(30)}`,
      durationUs: random(1_000) * 1_000,
    }
  })
}

function search(database: OpenDatabase, request: CallListRequest): string[] {
  const found: string[] = []
  let after: CallPlace | undefined
  do {
    const page = listCalls(database, { ...request, after })
    found.push(...page.items.map(({ requestId }) => requestId))
    after = page.end ?? undefined
  } while (after)
  return found
}

/** Of calls in the order of their ids. Half a character is what the store makes of it. */
function scan(calls: readonly NewCall[], q: string): string[] {
  return calls
    .map((call, position) => ({ call, position }))
    .filter(({ call: { prompt, response, errorMessage } }) =>
      [prompt?.text, response?.text, errorMessage].some(
        (text) => text && foldCase(text).includes(foldCase(q.toWellFormed())),
      ),
    )
    .sort((a, b) => b.call.startedAt - a.call.startedAt || b.position - a.position)
    .map(({ call }) => call.requestId)
}

import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { AppLogItem, CallSort } from '#shared/contract/app-logs.ts'
import { openForReading } from '../../../../src/main/store/database.ts'
import type { NewCall } from '../../../../src/main/store/call.ts'
import type { SortedPlace, SortRequest } from '../../../../src/main/store/queries/sort-calls.ts'
import { sortCalls } from '../../../../src/main/store/queries/sort-calls.ts'
import { databaseOf, openStore } from '../../../../src/main/store/store.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeCall } from '../make-call.ts'

const START = Date.UTC(2026, 9, 1)
const HOUR = 3_600_000

/** Calls with many ties, and some that do not tell what they are sorted by. */
function manyCalls(count: number): NewCall[] {
  return Array.from({ length: count }, (_, index) => {
    const tokens = index % 5 === 0 ? null : (index * 31) % 13
    return makeCall({
      requestId: `r-${index}`,
      app: index % 3 === 0 ? 'a' : 'b',
      userId: `u-${index % 4}`,
      startedAt: START + ((index * 7_919) % 240) * HOUR,
      durationUs: index % 6 === 0 ? null : ((index * 37) % 29) * 1_001,
      inputTokens: tokens,
      totalTokens: index % 2 === 0 ? tokens : null,
      costNanos: index % 7 === 0 ? null : (index * 17) % 11,
      costSource: index % 7 === 0 ? null : 'computed',
      prompt: index % 4 === 0 ? { format: 'text', text: `needle ${index}` } : null,
    })
  })
}

async function storeWith(calls: NewCall[]) {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir, isTextIndexed: false })
  await store.insertCalls(calls)
  while ((await store.followCalls()) > 0);
  const database = openForReading(databaseOf({ dataDir }))
  onTestFinished(async () => {
    database.sqlite.close()
    await store.close()
  })
  return { store, database }
}

const VALUES: Record<CallSort, (call: AppLogItem) => number | null> = {
  duration: ({ durationMs }) => durationMs,
  cost: ({ costNanos }) => costNanos,
  tokens: ({ totalTokens, inputTokens }) => totalTokens ?? inputTokens,
}

/** A plain sort: those that do not tell last, of equal ones the last that were stored first. */
function plainly(calls: readonly AppLogItem[], sort: CallSort, order: 'asc' | 'desc'): string[] {
  const sign = order === 'asc' ? 1 : -1
  return calls
    .toSorted((a, b) => {
      const [x, y] = [VALUES[sort](a), VALUES[sort](b)]
      if (x === null || y === null) return Number(x === null) - Number(y === null) || b.id - a.id
      return sign * (x - y) || b.id - a.id
    })
    .map(({ requestId }) => requestId)
}

test('page by page it is what a plain sort gives, with ties and with those that do not tell', async () => {
  const { store, database } = await storeWith(manyCalls(300))
  const all = (await store.ask('listCalls', { limit: 1_000 })).items
  const wanted: [Partial<SortRequest>, (call: AppLogItem) => boolean][] = [
    [{}, () => true],
    [{ app: 'a' }, ({ app }) => app === 'a'],
    [
      { userId: 'u-1', minDurationMs: 5 },
      ({ userId, durationMs }) => userId === 'u-1' && (durationMs ?? -1) >= 5,
    ],
    [
      { from: START + 50 * HOUR, to: START + 99 * HOUR },
      ({ startedAt: at }) => at >= START + 50 * HOUR && at < START + 99 * HOUR,
    ],
  ]
  fc.assert(
    fc.property(
      fc.constantFrom<CallSort>('duration', 'cost', 'tokens'),
      fc.constantFrom<'asc' | 'desc'>('asc', 'desc'),
      fc.constantFrom(...wanted),
      fc.integer({ min: 13, max: 120 }),
      (sort, order, [filter, matches], limit) => {
        const found: string[] = []
        let after: SortedPlace | undefined
        do {
          const page = sortCalls(database, { ...filter, sort, order, limit, after })
          expect(page.among).toBe('all')
          found.push(...page.items.map(({ requestId }) => requestId))
          after = page.end ?? undefined
        } while (after)
        expect(found).toEqual(plainly(all.filter(matches), sort, order))
      },
    ),
    { numRuns: 40 },
  )
})

test('what comes while it is paged through does not mix with it', async () => {
  const { store, database } = await storeWith(manyCalls(60))
  const request = { sort: 'duration', order: 'desc', limit: 20 } as const
  const first = sortCalls(database, request)
  await store.insertCalls([
    makeCall({ requestId: 'new', startedAt: START + 500 * HOUR, durationUs: 15_000 }),
    makeCall({ requestId: 'new-too', startedAt: START + 500 * HOUR, durationUs: null }),
  ])
  const second = sortCalls(database, { ...request, after: first.end ?? undefined })
  const third = sortCalls(database, { ...request, after: second.end ?? undefined })
  expect(third.end).toBeNull()
  const ids = [first, second, third].flatMap(({ items }) => items.map(({ requestId }) => requestId))
  expect(ids).toHaveLength(60)
  expect(new Set(ids).size).toBe(60)
  expect(ids).not.toContain('new')
})

test('of more than are sorted it tells which: the greatest of all where they are known, else the newest', async () => {
  const { store, database } = await storeWith(manyCalls(1_200))
  const all = (await store.ask('listCalls', { limit: 1_000 })).items
  const request = { sort: 'duration', order: 'desc', limit: 50 } as const
  const most = 200
  const greatest = sortCalls(database, request, most)
  expect(greatest).toMatchObject({ among: 'greatest', count: 100, end: null, lookedThroughTo: null })
  expect(greatest.items).toEqual(
    await store.ask('topCalls', { from: 0, to: START + 999 * HOUR, labels: {}, by: 'duration', limit: 100 }),
  )
  for (const other of [
    { ...request, order: 'asc' as const },
    { ...request, sort: 'tokens' as const },
    { ...request, status: 'ok' as const },
    { ...request, minDurationMs: 0 },
  ]) {
    const newest = sortCalls(database, other, most)
    const looked = all
      .filter(({ durationMs }) => !('minDurationMs' in other) || durationMs !== null)
      .slice(0, most)
    expect(newest).toMatchObject({ among: 'newest', count: most })
    expect(newest.items.map(({ requestId }) => requestId)).toEqual(
      plainly(looked, other.sort, other.order).slice(0, 50),
    )
    expect(newest.lookedThroughTo).toBe(looked.at(-1)?.startedAt)
    // Its pages are of the same calls.
    expect(sortCalls(database, { ...other, after: newest.end ?? undefined }, most)).toMatchObject({
      among: 'newest',
      count: most,
    })
  }
  expect(sortCalls(database, { ...request, q: 'needle' }, most)).toMatchObject({ among: 'newest' })
})

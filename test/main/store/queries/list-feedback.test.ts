import { join } from 'node:path'
import type { CompiledQuery } from 'kysely'
import { Kysely, SqliteDialect } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Feedback } from '#shared/contract/feedback.ts'
import type { OpenDatabase } from '../../../../src/main/store/database.ts'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import type { FeedbackListRequest, QueuePlace } from '../../../../src/main/store/queries/list-feedback.ts'
import { listFeedback } from '../../../../src/main/store/queries/list-feedback.ts'
import type { Schema } from '../../../../src/main/store/schema.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeFeedback } from '../make-feedback.ts'

async function databaseWith(feedback: Parameters<typeof makeFeedback>[0][]): Promise<OpenDatabase> {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  createWriters(database).feedback.insert([
    feedback.map((one, index) => makeFeedback({ id: `f${index}`, ...one })),
  ])
  return database
}

async function readAllPages(
  { kysely }: OpenDatabase,
  request: FeedbackListRequest,
  scanLimit?: number,
): Promise<Feedback[][]> {
  const pages: Feedback[][] = []
  let after: QueuePlace | undefined
  do {
    const { items, end } = await listFeedback(kysely, { ...request, after }, scanLimit)
    pages.push(items)
    after = end ?? undefined
  } while (after && pages.length < 100)
  return pages
}

const idsOf = (items: readonly Feedback[]) => items.map(({ id }) => id)

describe('listFeedback', () => {
  test('gives all of it once in pages of any size, although much came together', async () => {
    const database = await databaseWith(
      Array.from({ length: 40 }, (_, index) => ({ createdAt: Math.floor(index / 9) })),
    )
    const [whole] = await readAllPages(database, { limit: 1000 })
    expect(idsOf(whole ?? [])).toEqual(Array.from({ length: 40 }, (_, index) => `f${39 - index}`))
    for (const limit of [1, 3, 7, 40]) {
      const pages = await readAllPages(database, { limit })
      expect(idsOf(pages.flat())).toEqual(idsOf(whole ?? []))
      expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true)
    }
  })

  test('looks through a bounded number of what the first filter finds, and goes on from there', async () => {
    const database = await databaseWith(
      Array.from({ length: 30 }, (_, index) => ({
        requestId: 'r',
        userId: index % 10 === 0 ? 'u' : 'other',
        createdAt: index,
      })),
    )
    const pages = await readAllPages(database, { requestId: 'r', userId: 'u', limit: 5 }, 4)
    expect(idsOf(pages.flat())).toEqual(['f20', 'f10', 'f0'])
    expect(pages.length).toBe(8)
  })

  test('has what is open before what is resolved, in pages of any size', async () => {
    const database = await databaseWith(Array.from({ length: 23 }, (_, index) => ({ createdAt: index })))
    const resolved = [0, 1, 5, 21, 22].map((index) => `f${index}`)
    createWriters(database).triage.triage({ ids: resolved, state: 'resolved', changedAt: 99 })
    const newest = Array.from({ length: 23 }, (_, index) => `f${22 - index}`)
    const isResolved = (id: string) => resolved.includes(id)
    const wanted = [...newest.filter((id) => !isResolved(id)), ...newest.filter(isResolved)]
    for (const limit of [1, 4, 5, 6, 18, 23, 100]) {
      const pages = await readAllPages(database, { order: 'openFirst', limit })
      expect(idsOf(pages.flat())).toEqual(wanted)
      expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true)
    }
    const narrowed = await readAllPages(database, { order: 'openFirst', minRating: 5, limit: 3 }, 2)
    expect(idsOf(narrowed.flat())).toEqual(wanted)
    const state = await readAllPages(database, { order: 'openFirst', state: 'resolved', limit: 2 })
    expect(idsOf(state.flat())).toEqual(newest.filter(isResolved))
  })

  test.each([
    { request: { assignee: 'maria', userId: 'u' }, index: 'feedback_assignee' },
    { request: {}, index: 'feedback_created_at' },
    { request: { from: 1, to: 2 }, index: 'feedback_created_at' },
    { request: { state: 'open' as const }, index: 'feedback_state' },
    { request: { userId: 'u', state: 'open' as const }, index: 'feedback_user' },
    { request: { logId: 1, userId: 'u' }, index: 'feedback_call' },
    { request: { requestId: 'r', logId: 1, from: 1 }, index: 'feedback_request' },
  ])('finds $request by $index', async ({ request, index }) => {
    const { sqlite } = await databaseWith([{}])
    const asked: CompiledQuery[] = []
    const kysely = new Kysely<Schema>({
      dialect: new SqliteDialect({ database: sqlite }),
      log: ({ query }) => void asked.push(query),
    })
    await listFeedback(kysely, { ...request, limit: 10, after: { createdAt: 5, seq: 5 } })
    const plans = asked.map(({ sql, parameters }) =>
      sqlite
        .prepare<unknown[], { detail: string }>(`explain query plan ${sql}`)
        .all(...parameters)
        .map(({ detail }) => detail),
    )
    expect(plans.length).toBe(2)
    for (const plan of plans)
      expect(plan.find((detail) => detail.startsWith('SEARCH feedback'))).toContain(` ${index} `)
  })
})

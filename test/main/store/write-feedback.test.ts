import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { OpenDatabase } from '../../../src/main/store/database.ts'
import { openForWriting } from '../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../src/main/store/migrations/index.ts'
import { getFeedback } from '../../../src/main/store/queries/list-feedback.ts'
import { createWriters } from '../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeCall } from './make-call.ts'
import { makeFeedback } from './make-feedback.ts'

async function openWriters() {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  return { database, ...createWriters(database) }
}

function rolledUp({ sqlite }: OpenDatabase): unknown[] {
  return sqlite.prepare('select * from feedback_rollup order by 1, 2, 3, 4').all()
}

const CREATED_AT = Date.UTC(2026, 4, 2)
const STARTED_AT = CREATED_AT - 3_600_000

describe('feedback', () => {
  test('finds a call that is there', async () => {
    const { database, inserter, feedback } = await openWriters()
    inserter.insert([
      [makeCall({ requestId: 'r', requestModel: 'gpt-4o', userId: 'u', startedAt: STARTED_AT })],
    ])
    const given = makeFeedback({
      id: 'f',
      requestId: 'r',
      rating: 2,
      comment: '<b>不准</b>',
      type: 'accuracy',
      tags: ['标签', 'b'],
      userId: 'judge',
      source: 'reviewer',
      createdAt: CREATED_AT,
    })
    expect(feedback.insert([[given]])).toEqual([{ ok: true, outcome: { duplicateIndexes: [] } }])
    expect(await getFeedback(database.kysely, { id: 'f' })).toEqual({
      ...given,
      logId: 1,
      state: 'open',
      resolvedAt: null,
      note: null,
      assignee: null,
      call: {
        app: 'checkout-bot',
        appType: null,
        provider: null,
        model: 'gpt-4o',
        environment: null,
        errorType: null,
        userId: 'u',
        startedAt: STARTED_AT,
      },
    })
  })

  test('waits for a call that is to come, over a restart too, and takes its labels and start then', async () => {
    const { database, feedback } = await openWriters()
    feedback.insert([[makeFeedback({ id: 'f', requestId: 'r', createdAt: CREATED_AT })]])
    expect(await getFeedback(database.kysely, { id: 'f' })).toMatchObject({ logId: null, call: null })

    const { inserter } = createWriters(database)
    inserter.insert([
      [
        makeCall({ requestId: 'other' }),
        makeCall({ requestId: 'r', startedAt: STARTED_AT, status: 'error' }),
      ],
    ])

    expect(await getFeedback(database.kysely, { id: 'f' })).toMatchObject({
      logId: 2,
      call: { startedAt: STARTED_AT, errorType: '_OTHER' },
    })
  })

  test('waits on when the transaction that brought its call fails', async () => {
    const { database, inserter, feedback } = await openWriters()
    feedback.insert([[makeFeedback({ id: 'f', requestId: 'r' })]])
    const before = rolledUp(database)
    const call = makeCall({ requestId: 'r', app: 'new-app' })
    // SQLite stores no NaN.
    expect(inserter.insert([[call, makeCall({ startedAt: NaN })]])).toMatchObject([{ ok: false }])
    expect(await getFeedback(database.kysely, { id: 'f' })).toMatchObject({ call: null })
    expect(rolledUp(database)).toEqual(before)

    inserter.insert([[call]])
    expect(await getFeedback(database.kysely, { id: 'f' })).toMatchObject({ call: { app: 'new-app' } })
  })

  test('that cannot be stored does not take the rest of its group with it', async () => {
    const { database, feedback } = await openWriters()
    const results = feedback.insert([
      [makeFeedback({ id: 'a' })],
      [makeFeedback({ id: 'b' }), makeFeedback({ id: 'c', rating: 6 })],
      [makeFeedback({ id: 'd' })],
    ])
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true])
    expect(database.sqlite.prepare('select id from feedback order by id').pluck().all()).toEqual(['a', 'd'])
  })

  test('with an id that is known is left as it was, wherever it comes again', async () => {
    const { database, feedback } = await openWriters()
    const first = makeFeedback({ id: 'f', rating: 1 })
    feedback.insert([[first]])
    const before = rolledUp(database)
    const again = { ...first, rating: 5 }
    expect(feedback.insert([[again, makeFeedback()], [again]])).toEqual([
      { ok: true, outcome: { duplicateIndexes: [0] } },
      { ok: true, outcome: { duplicateIndexes: [0] } },
    ])
    expect(await getFeedback(database.kysely, { id: 'f' })).toMatchObject({ rating: 1 })
    expect(before).not.toEqual([])
  })

  test('stays, with what it knows of its call, when that is deleted, and another call does not take its place', async () => {
    const { database, inserter, feedback } = await openWriters()
    inserter.insert([[makeCall({ requestId: 'r', startedAt: STARTED_AT })]])
    feedback.insert([[makeFeedback({ id: 'f', requestId: 'r' })]])
    const before = rolledUp(database)
    database.sqlite.exec('delete from app_log')
    inserter.insert([[makeCall({ requestId: 'other' })]])
    expect(await getFeedback(database.kysely, { id: 'f' })).toMatchObject({
      logId: null,
      call: { app: 'checkout-bot', startedAt: STARTED_AT },
    })
    expect(rolledUp(database)).toEqual(before)
  })

  test('is found by the call that is deleted without a look at the rest', async () => {
    const { database } = await openWriters()
    // SQLite's own search for rows that refer to a deleted one.
    const plan = database.sqlite
      .prepare<[], { detail: string }>('explain query plan select 1 from feedback where app_log_id = 1')
      .all()
    expect(plan.map(({ detail }) => detail).join()).toContain('feedback_call')
  })

  test('is resolved and opened again; a note stays until there is another', async () => {
    const { database, feedback } = await openWriters()
    feedback.insert([[makeFeedback({ id: 'f' })]])
    const now = () => getFeedback(database.kysely, { id: 'f' })
    expect(feedback.change({ id: 'f', state: 'resolved', note: 'done', changedAt: 5 })).toBe(true)
    expect(await now()).toMatchObject({ state: 'resolved', resolvedAt: 5, note: 'done' })
    feedback.change({ id: 'f', state: 'resolved', changedAt: 6 })
    expect(await now()).toMatchObject({ state: 'resolved', resolvedAt: 5, note: 'done' })
    feedback.change({ id: 'f', state: 'open', changedAt: 7 })
    expect(await now()).toMatchObject({ state: 'open', resolvedAt: null, note: 'done' })
    feedback.change({ id: 'f', state: 'resolved', note: '', changedAt: 8 })
    expect(await now()).toMatchObject({ state: 'resolved', resolvedAt: 8, note: '' })
    expect(feedback.change({ id: 'nobody', state: 'open', changedAt: 9 })).toBe(false)
  })

  test('finds its call when more wait than are kept in memory, at once and after a restart', async () => {
    const { database } = await openWriters()
    const limits = { waitingRequestIds: 3 }
    const { feedback, inserter } = createWriters(database, limits)
    feedback.insert([['a', 'b', 'c', 'd', 'e'].map((requestId) => makeFeedback({ requestId }))])
    const linked = () =>
      database.sqlite
        .prepare('select request_id from feedback where app_log_id is not null order by 1')
        .pluck()
        .all()
    inserter.insert([[makeCall({ requestId: 'a' })]])
    expect(linked()).toEqual(['a'])
    createWriters(database, limits).inserter.insert([[makeCall({ requestId: 'e' })]])
    expect(linked()).toEqual(['a', 'e'])
  })
})

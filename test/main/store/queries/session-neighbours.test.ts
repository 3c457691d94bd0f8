import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { NewCall } from '../../../../src/main/store/call.ts'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { sessionNeighbours } from '../../../../src/main/store/queries/session-neighbours.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeCall } from '../make-call.ts'

async function databaseWith(calls: readonly Partial<NewCall>[]) {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  const { follower, inserter } = createWriters(database)
  inserter.insert([calls.map((call, index) => makeCall({ requestId: `c${index}`, ...call }))])
  while (follower.catchUp(1_000) > 0);
  return (requestId: string, scanLimit?: number) => {
    const found = sessionNeighbours(database, { requestId }, scanLimit)
    return found && [found.previous?.requestId ?? null, found.next?.requestId ?? null, found.isWhole]
  }
}

test('the calls before and after in the session, those that started together by arrival, without steps', async () => {
  const of = await databaseWith([
    { sessionId: 's', startedAt: 1 },
    { sessionId: 's', startedAt: 2, isStep: true },
    { sessionId: 'other', startedAt: 3 },
    { sessionId: 's', startedAt: 4 },
    { sessionId: 's', startedAt: 4 },
    { startedAt: 5 },
  ])
  expect(of('c0')).toEqual([null, 'c3', true])
  expect(of('c3')).toEqual(['c0', 'c4', true])
  expect(of('c4')).toEqual(['c3', null, true])
  expect(of('c5')).toEqual([null, null, true])
  expect(of('unknown')).toBeUndefined()
})

test('looks no further than it may, and says that it did not', async () => {
  const far = Array.from({ length: 30 }, (_, index) => ({ startedAt: 10 + index }))
  const of = await databaseWith([{ sessionId: 's', startedAt: 1 }, ...far, { sessionId: 's', startedAt: 90 }])
  expect(of('c0', 10)).toEqual([null, null, false])
  expect(of('c0', 100)).toEqual([null, 'c31', true])
})

test('finds them further away by their user', async () => {
  const far = Array.from({ length: 30 }, (_, index) => ({ startedAt: 10 + index }))
  const mine = { sessionId: 's', userId: 'u' }
  const of = await databaseWith([{ ...mine, startedAt: 1 }, ...far, { ...mine, startedAt: 90 }])
  expect(of('c0', 10)).toEqual([null, 'c31', true])
  expect(of('c31', 10)).toEqual(['c0', null, true])
})

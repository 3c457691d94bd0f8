import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openForWriting } from '../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../src/main/store/migrations/index.ts'
import { RequestIdLookup, RequestIds } from '../../../src/main/store/request-ids.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'

/** More than a partition holds, and more than a slab of the filter. */
const FAR = 16_384 * 11

async function openDatabase() {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  await migrateToLatest(database)
  const insert = database.sqlite.prepare(
    `insert into app_log (id, request_id, trace_id, span_id, source, app, status, started_at, arrived_at)
     values (?, ?, ?, ?, 'native', 'app', 'ok', 0, 0)`,
  )
  const remove = database.sqlite.prepare('delete from app_log where id = ?')
  return { ...database, insert, remove }
}

/** Calls of all kinds: of no trace, known by their span, and with an id of their own beside it. */
function numbered(number: number) {
  if (number % 3 === 0) return { requestId: `id-${number}`, traceId: null, spanId: null }
  const [traceId, spanId] = ['trace', `span-${number}`]
  return { requestId: number % 3 === 1 ? `id-${number}` : `${traceId}-${spanId}`, traceId, spanId }
}

const events = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('add' as const), gap: fc.integer({ min: 1, max: FAR }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('delete newest' as const),
        count: fc.integer({ min: 1, max: 4 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('roll back' as const),
        gap: fc.integer({ min: 1, max: FAR }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
  ),
  { maxLength: 60 },
)

test('whatever is added, deleted, rolled back and opened again: every stored id is found, and no other', async () => {
  const database = await openDatabase()
  const { sqlite, kysely } = database
  fc.assert(
    fc.property(events, (steps) => {
      sqlite.exec('delete from app_log; delete from request_ref; delete from request_filter')
      let ids = new RequestIds(sqlite, kysely)
      const stored: { id: number; number: number }[] = []
      let made = 0
      for (const step of steps) {
        if (step.kind === 'reopen') {
          ids = new RequestIds(sqlite, kysely)
        } else if (step.kind === 'delete newest') {
          for (const { id, number } of stored.splice(-step.count)) {
            ids.remove(numbered(number), id)
            database.remove.run(id)
          }
        } else {
          // Ids are given out again when the greatest was deleted.
          const id = (stored.at(-1)?.id ?? 0) + step.gap
          const number = (made += 1)
          const call = numbered(number)
          sqlite.exec('begin')
          database.insert.run(id, call.requestId, call.traceId, call.spanId)
          ids.add(call, id)
          if (step.kind === 'roll back') {
            sqlite.exec('rollback')
            ids.discard()
          } else {
            sqlite.exec('commit')
            stored.push({ id, number })
          }
        }
      }
      const expected = new Map(stored.map(({ id, number }) => [number, id]))
      for (const subject of [ids, new RequestIds(sqlite, kysely), new RequestIdLookup(sqlite, kysely)]) {
        for (let number = 0; number <= made; number += 1) {
          const { requestId, traceId, spanId } = numbered(number)
          expect(subject.find(requestId)).toBe(expected.get(number))
          if (traceId !== null) expect(subject.findSpan(traceId, spanId)).toBe(expected.get(number))
        }
      }
    }),
    { numRuns: 60 },
  )
  sqlite.close()
})

test('calls of a database from before are taken in when it is opened, also after an end in the middle', async () => {
  const { sqlite, kysely, insert } = await openDatabase()
  const count = 40_000
  sqlite.exec('begin')
  for (let id = 1; id <= count; id += 1) insert.run(id, `id-${id}`, null, null)
  sqlite.exec('commit')
  expect(new RequestIds(sqlite, kysely).find('id-12345')).toBe(12_345)

  sqlite.exec(`delete from request_ref where app_log_id > ${count / 2}`)
  const ids = new RequestIds(sqlite, kysely)

  expect(ids.find(`id-${count}`)).toBe(count)
  expect(ids.find('id-1')).toBe(1)
  expect(ids.find('another')).toBeUndefined()
  sqlite.close()
})

test('only the newest partitions are asked where older ones do not matter', async () => {
  const { sqlite, kysely, insert } = await openDatabase()
  insert.run(1, 'old', null, null)
  insert.run(FAR, 'new', null, null)
  const ids = new RequestIds(sqlite, kysely)
  expect(ids.find('old')).toBe(1)

  const lookup = new RequestIdLookup(sqlite, kysely)

  expect(lookup.find('old', 2)).toBeUndefined()
  expect(lookup.find('new', 2)).toBe(FAR)
  sqlite.close()
})

import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { openForWriting } from '../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../src/main/store/migrations/index.ts'
import { NameKeys } from '../../../src/main/store/name-keys.ts'
import { SessionNames } from '../../../src/main/store/session-names.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'

const LIMITS = { kept: 4, movedAtOnce: 3 }

async function openDatabase() {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  return database
}

const changes = fc.array(
  fc.record({ name: fc.integer({ min: 0, max: 30 }), change: fc.constantFrom(1, 1, 2, -1, -2) }),
  { minLength: 1, maxLength: 12 },
)
const steps = fc.array(
  fc.record({ changes, end: fc.constantFrom('commit', 'commit', 'commit', 'roll back', 'reopen') }),
  { maxLength: 30 },
)

test('whatever comes, goes, is rolled back and opened again: each name has one number, in one of the tables', async () => {
  const { sqlite, kysely } = await openDatabase()
  const all = (table: string) =>
    sqlite
      .prepare<[], { id: number; name: string; calls?: number }>(`select * from ${table} order by id`)
      .all()
  fc.assert(
    fc.property(steps, (transactions) => {
      sqlite.exec('delete from session; delete from session_name; delete from recent_session_name')
      let keys = new NameKeys(new SessionNames(sqlite, kysely, LIMITS))
      let calls = new Map<string, number>()
      for (const { changes: some, end } of transactions) {
        const counted = new Map(calls)
        sqlite.exec('begin')
        for (const { name: number, change } of some) {
          const name = `session-${number}`
          // No call is taken back that was not counted.
          const count = (counted.get(name) ?? 0) + change
          if (count < 0) continue
          keys.count(keys.keyOf(name), change)
          counted.set(name, count)
        }
        keys.flush()
        if (end === 'roll back') {
          sqlite.exec('rollback')
          keys.discard()
          continue
        }
        sqlite.exec('commit')
        calls = counted
        if (end === 'reopen') keys = new NameKeys(new SessionNames(sqlite, kysely, LIMITS))

        const stored = all('session')
        const withCalls = stored.filter(({ calls: count }) => count !== 0)
        const wanted = [...calls].filter(([, count]) => count > 0).sort()
        expect(withCalls.map(({ name, calls: count }) => [name, count]).sort()).toEqual(wanted)
        const named = [...all('session_name'), ...all('recent_session_name')]
        expect(named.sort((a, b) => a.id - b.id)).toEqual(stored.map(({ id, name }) => ({ id, name })))
        // One transaction may bring more than are kept, and moves them.
        expect(all('recent_session_name').length).toBeLessThan(LIMITS.kept + LIMITS.movedAtOnce)
      }
    }),
    { numRuns: 200 },
  )
})

test('recent names are moved in the order of names, on from where the last ones were, and then from the front again', async () => {
  const { sqlite, kysely } = await openDatabase()
  const keys = new NameKeys(new SessionNames(sqlite, kysely, LIMITS))
  const names = (table: string) =>
    sqlite.prepare<[], string>(`select name from ${table} order by name`).pluck().all().join('')
  const come = (some: string) => {
    for (const name of some) keys.count(keys.keyOf(name), 1)
    keys.flush()
  }
  come('mnabyz')
  expect([names('recent_session_name'), names('session_name')]).toEqual(['abmnyz', ''])
  come('c')
  expect([names('recent_session_name'), names('session_name')]).toEqual(['mnyz', 'abc'])
  come('def')
  expect([names('recent_session_name'), names('session_name')]).toEqual(['mnyz', 'abcdef'])
  come('ABC')
  expect([names('recent_session_name'), names('session_name')]).toEqual(['ABCz', 'abcdefmny'])
  come('DEF')
  expect([names('recent_session_name'), names('session_name')]).toEqual(['ABCDEF', 'abcdefmnyz'])
  come('G')
  // Behind the last name comes the first again.
  expect([names('recent_session_name'), names('session_name')]).toEqual(['DEFG', 'ABCabcdefmnyz'])
})

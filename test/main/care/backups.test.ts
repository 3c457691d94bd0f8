import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import SqliteDatabase from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import type { BackupStep } from '#shared/contract/backups.ts'
import type { BackupOptions } from '../../../src/main/care/backups.ts'
import { openBackups } from '../../../src/main/care/backups.ts'
import { createDatabaseCare } from '../../../src/main/care/index.ts'
import { applyRestore, lastRestore, requestRestore } from '../../../src/main/store/care/restore-request.ts'
import type { Store } from '../../../src/main/store/store.ts'
import { databaseOf, openStore } from '../../../src/main/store/store.ts'
import { openFilesIn } from '../../open-files.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { recordingLog } from '../../start-console.ts'
import { eventually } from '../eventually.ts'
import { makeCall } from '../store/make-call.ts'

const calls = (count: number, prefix = 'r') =>
  Array.from({ length: count }, (_, index) =>
    makeCall({ requestId: `${prefix}-${index}`, prompt: { format: 'text', text: 'x'.repeat(2_000) } }),
  )
const callsIn = async (store: Store) => (await store.ask('storeSize', null)).calls

async function storeWith(count: number, options: Partial<BackupOptions> = {}) {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  await store.insertCalls(calls(count))
  const database = databaseOf({ dataDir })
  const log = recordingLog()
  const backups = await openBackups({ store, database, dataDir, log, ...options })
  let isOpen = true
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    await backups.close()
    await store.close()
  }
  onTestFinished(close)
  return { dataDir, store, database, log, backups, close }
}

async function finished(steps: AsyncIterable<BackupStep>) {
  let last: BackupStep | undefined
  for await (const step of steps) last = step
  if (last?.type !== 'done') throw new Error(JSON.stringify(last))
  return last.backup
}

test('a backup made while calls come in is whole, one file, private, and has what was there when it began', async () => {
  const { dataDir, store, backups } = await storeWith(2_000)
  let isDone = false
  const writing = (async () => {
    for (let batch = 0; !isDone; batch += 1) await store.insertCalls(calls(100, `later-${batch}`))
  })()
  const made = await finished(backups.create('manual'))
  isDone = true
  await writing
  expect(made).toMatchObject({ kind: 'manual', problem: null })
  expect(made.calls).toBeGreaterThanOrEqual(2_000)
  expect(readdirSync(join(dataDir, 'backups'))).toEqual([made.name])
  expect(statSync(join(dataDir, 'backups', made.name)).mode & 0o777).toBe(0o600)
  expect(await backups.list()).toMatchObject([
    { name: made.name, calls: made.calls, sizeBytes: made.sizeBytes },
  ])
  expect(await backups.remove(made.name)).toBeNull()
  expect(await backups.remove(made.name)).toBe('not-found')
  expect(await backups.list()).toEqual([])
})

test('one that is cancelled, or has nowhere to go, leaves nothing behind', async () => {
  const { dataDir, backups } = await storeWith(500)
  const abort = new AbortController()
  const steps = backups.create('manual', abort.signal)
  await steps.next()
  abort.abort()
  await expect(steps.next()).rejects.toThrow(/abort/i)
  expect(readdirSync(join(dataDir, 'backups'))).toEqual([])

  // As a page cancels: no further step is taken.
  const left = backups.create('manual')
  await left.next()
  expect(openFilesIn(join(dataDir, 'backups'))).not.toEqual([])
  await left.return(undefined)
  expect(readdirSync(join(dataDir, 'backups'))).toEqual([])
  expect(openFilesIn(join(dataDir, 'backups'))).toEqual([])

  writeFileSync(join(dataDir, 'a-file'), '')
  await backups.chooseFolder(join(dataDir, 'a-file'))
  const failed = await backups.create('manual').next()
  expect(failed.value).toMatchObject({ type: 'failed' })
})

test('backups are made at their hour by the clock, and as many are kept as were asked for', async () => {
  let now = Date.parse('2026-01-10T02:00:00Z')
  const { backups } = await storeWith(10, { now: () => now, zone: 'UTC', tickMs: 20 })
  const byHand = await finished(backups.create('manual'))
  expect((await backups.change({ every: 'day', hour: 3, keep: 2 })).nextAt).toBe(
    Date.parse('2026-01-10T03:00:00Z'),
  )
  backups.start()
  for (let day = 10; day < 13; day += 1) {
    now = Date.parse(`2026-01-${day}T03:00:30Z`)
    const due = Date.parse(`2026-01-${day + 1}T03:00:00Z`)
    await eventually(
      async () => backups.state().nextAt,
      (nextAt) => nextAt === due,
      60_000,
    )
  }
  const kept = [
    'llmops-20260112T030030Z-scheduled.sqlite',
    'llmops-20260111T030030Z-scheduled.sqlite',
    byHand.name,
  ]
  await eventually(
    async () => (await backups.list()).map(({ name }) => name),
    (names) => names.join() === kept.join(),
    60_000,
  )
})

test('whoever follows learns of another schedule, and of what is made by itself', async () => {
  let now = Date.parse('2026-01-10T02:00:00Z')
  const { backups } = await storeWith(10, { now: () => now, zone: 'UTC', tickMs: 20 })
  const seen = backups.follow(undefined)
  expect((await seen.next()).value).toMatchObject({ every: 'never', nextAt: null })
  await backups.change({ every: 'day', hour: 3 })
  expect((await seen.next()).value).toMatchObject({
    every: 'day',
    nextAt: Date.parse('2026-01-10T03:00:00Z'),
  })
  backups.start()
  now = Date.parse('2026-01-10T03:00:30Z')
  expect((await seen.next()).value).toMatchObject({ nextAt: Date.parse('2026-01-11T03:00:00Z') })
  expect(await backups.list()).toHaveLength(1)
  await seen.return(undefined)
})

test('on battery a scheduled one waits a day at most', async () => {
  let now = Date.parse('2026-01-10T02:00:00Z')
  const clock = { now: () => now, zone: 'UTC', tickMs: 20 }
  const { backups } = await storeWith(10, { ...clock, mayWorkInBackground: () => false })
  const due = (await backups.change({ every: 'week', weekday: 6, hour: 3 })).nextAt
  backups.start()
  now = Date.parse('2026-01-10T23:00:00Z')
  await sleep(200)
  expect(backups.state().nextAt).toBe(due)
  now = Date.parse('2026-01-11T04:00:00Z')
  await eventually(
    async () => backups.state().nextAt,
    (nextAt) => nextAt !== due,
    60_000,
  )
  expect(await backups.list()).toHaveLength(1)
})

test('damaged ones, and those of a newer version, are told apart and not restored', async () => {
  const { dataDir, backups } = await storeWith(3_000)
  const { name } = await finished(backups.create('manual'))
  const folder = join(dataDir, 'backups')
  const copyAs = (stamp: string) => {
    const copy = `llmops-${stamp}-manual.sqlite`
    copyFileSync(join(folder, name), join(folder, copy))
    return copy
  }
  const newer = copyAs('20250101T000000Z')
  const sqlite = new SqliteDatabase(join(folder, newer))
  sqlite.exec("insert into kysely_migration (name, timestamp) values ('9999-later', '')")
  sqlite.close()
  const damaged = copyAs('20250102T000000Z')
  const bytes = readFileSync(join(folder, damaged))
  bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 100_000)
  writeFileSync(join(folder, damaged), bytes)
  const cut = copyAs('20250103T000000Z')
  writeFileSync(join(folder, cut), readFileSync(join(folder, name)).subarray(0, 1_000))
  expect(await backups.restore(newer)).toBe('newer-schema')
  expect(await backups.restore(damaged)).toBe('damaged')
  expect(await backups.restore(cut)).toBe('damaged')
  expect(await backups.restore('llmops-20200101T000000Z-manual.sqlite')).toBe('not-found')
  expect((await backups.list()).find((backup) => backup.name === newer)).toMatchObject({
    problem: 'newer-schema',
    calls: null,
  })
  expect(existsSync(join(dataDir, 'restore.json'))).toBe(false)
})

test('a backup is put back by the next start, and the database of before can be put back in the same way', async () => {
  const { dataDir, store, backups, close } = await storeWith(20)
  const { name } = await finished(backups.create('manual'))
  await store.insertCalls(calls(30, 'since'))
  const outcome = await backups.restore(name)
  if (typeof outcome === 'string') throw new Error(outcome)
  // Acknowledged after the restore was asked for: it is in what is kept.
  await store.insertCalls(calls(1, 'last'))
  await close()

  const restored = await openStore({ dataDir })
  expect(await callsIn(restored)).toBe(20)
  await restored.insertCalls(calls(1, 'new'))
  expect(lastRestore(dataDir)).toMatchObject({ restored: true, keepAs: outcome.keptAs })
  const again = await openBackups({
    store: restored,
    database: databaseOf({ dataDir }),
    dataDir,
    log: recordingLog(),
  })
  expect((await again.list()).find(({ kind }) => kind === 'before-restore')).toMatchObject({
    name: outcome.keptAs,
    calls: 51,
  })
  await again.restore(outcome.keptAs)
  await again.close()
  await restored.close()
  const back = await openStore({ dataDir })
  expect(await callsIn(back)).toBe(51)
  await back.close()
})

test('a restore that was killed at any step is finished or undone by the next start', async () => {
  const { dataDir, store, backups, close } = await storeWith(20)
  const { name } = await finished(backups.create('manual'))
  await store.insertCalls(calls(5, 'since'))
  await close()
  const backup = join(dataDir, 'backups', name)
  const file = join(dataDir, 'llmops.sqlite')
  const keepAs = 'llmops-20260101T000000Z-before-restore.sqlite'
  const open = async () => {
    const opened = await openStore({ dataDir })
    const count = await callsIn(opened)
    await opened.close()
    return count
  }
  // While the backup is copied.
  requestRestore(dataDir, { backup, keepAs })
  writeFileSync(`${file}.restoring`, 'half')
  expect(await open()).toBe(20)
  expect(existsSync(`${file}.restoring`)).toBe(false)

  // When the old one is aside and the new one not in place: whoever opens makes an empty file there.
  requestRestore(dataDir, { backup: join(dataDir, keepAs), keepAs: keepAs.replace('2026', '2027') })
  copyFileSync(join(dataDir, keepAs), `${file}.restoring`)
  copyFileSync(file, join(dataDir, keepAs.replace('2026', '2027')))
  writeFileSync(file, '')
  expect(await open()).toBe(25)

  // When it is being undone.
  requestRestore(dataDir, { backup, keepAs: keepAs.replace('2026', '2028'), isUndone: true })
  expect(await open()).toBe(25)
  expect(lastRestore(dataDir)).toMatchObject({ restored: false })
})

test('what cannot be restored after all leaves the database of before in place', async () => {
  const { dataDir, close } = await storeWith(20)
  await close()
  const keepAs = 'llmops-20260101T000000Z-before-restore.sqlite'
  requestRestore(dataDir, { backup: join(dataDir, 'gone.sqlite'), keepAs })
  expect(applyRestore(databaseOf({ dataDir }))).toBeUndefined()
  writeFileSync(join(dataDir, 'garbage.sqlite'), 'x'.repeat(10_000))
  requestRestore(dataDir, { backup: join(dataDir, 'garbage.sqlite'), keepAs })
  const store = await openStore({ dataDir })
  expect(await callsIn(store)).toBe(20)
  expect(lastRestore(dataDir)).toMatchObject({ restored: false })
  expect(existsSync(join(dataDir, keepAs))).toBe(false)
  await store.close()
})

test('compacting gives the space of deleted calls back, and calls that come meanwhile are stored', async () => {
  const { store, database, log } = await storeWith(5_000)
  const care = createDatabaseCare({ store, database, log })
  onTestFinished(() => care.close())
  const items = (await store.ask('listCalls', { limit: 1_000 })).items
  await store.forgetCalls({ ids: items.map(({ id }) => id), digests: [], forgottenAt: 0 })
  const before = await care.status()
  expect(before.freeBytes).toBeGreaterThan(1_000_000)
  const steps = care.compact()
  await steps.next()
  const meanwhile = store.insertCalls(calls(10, 'meanwhile'))
  let last
  for await (const step of steps) last = step
  await meanwhile
  expect(last).toMatchObject({ type: 'done', beforeBytes: before.fileBytes })
  const after = await care.status()
  expect(after.fileBytes).toBeLessThan(before.fileBytes - 1_000_000)
  expect(await callsIn(store)).toBe(4_010)
  const parts = await care.parts()
  expect(parts[0]?.part).toBe('bodies')
  expect(parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBeLessThanOrEqual(
    after.fileBytes + after.logBytes,
  )
})

test('compacting that nobody watches any more goes on, and is not begun twice', async () => {
  const { store, database, log } = await storeWith(10)
  const end = Promise.withResolvers<void>()
  const slow = { ask: store.ask.bind(store), compact: () => end.promise }
  const care = createDatabaseCare({ store: slow, database, log })
  onTestFinished(() => care.close())
  const steps = care.compact()
  expect((await steps.next()).value).toMatchObject({ type: 'progress' })
  await steps.return(undefined)
  expect((await care.status()).isCompacting).toBe(true)
  expect((await care.compact().next()).value).toMatchObject({ type: 'refused', reason: 'busy' })
  end.reject(new Error('the disk went'))
  await eventually(
    () => care.status(),
    ({ isCompacting }) => !isCompacting,
  )
  expect(log.lines.join()).toContain('could not be compacted')
})

test('a check finds a whole database whole, and a damaged one damaged', async () => {
  const { dataDir, store, database, log, close } = await storeWith(3_000)
  const care = createDatabaseCare({ store, database, log })
  expect(await care.check()).toMatchObject({ state: 'ok', problems: [] })
  await care.close()
  await close()
  const bytes = readFileSync(database.file)
  bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 100_000)
  const other = join(dataDir, 'other')
  mkdirSync(other)
  writeFileSync(join(other, 'llmops.sqlite'), bytes)
  const damaged = createDatabaseCare({ store, database: { file: join(other, 'llmops.sqlite') }, log })
  const check = await damaged.check()
  expect(check.state).toBe('damaged')
  expect(check.problems.length).toBeGreaterThan(0)
  await damaged.close()
})

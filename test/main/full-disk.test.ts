import { readdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openBackups } from '../../src/main/care/index.ts'
import { databaseOf, openStore } from '../../src/main/store/store.ts'
import { exportToFile } from '../../src/main/transfer/index.ts'
import { temporaryFolder } from '../scripts/temporary-folder.ts'
import { recordingLog, sendTo } from '../start-console.ts'
import { DAY, NOW, openForTest } from './retention/open-for-test.ts'
import { noSmallDisk, smallDisk } from './small-disk.ts'
import { startHeadless } from './start-headless.ts'
import { makeCall } from './store/make-call.ts'

/** Random letters, which no archive makes small. */
const noise = () => Array.from({ length: 500 }, () => Math.random().toString(36).slice(2)).join('')
const calls = (startedAt: number) =>
  Array.from({ length: 400 }, (_, index) =>
    makeCall({ startedAt: startedAt + index, prompt: { format: 'text', text: noise() } }),
  )

async function filled() {
  const dataDir = temporaryFolder()
  const store = await openStore({ dataDir })
  onTestFinished(() => store.close())
  await store.insertCalls(calls(NOW))
  return { dataDir, store, database: databaseOf({ dataDir }) }
}

async function lastOf<Step>(steps: AsyncIterable<Step>): Promise<Step | undefined> {
  let last: Step | undefined
  for await (const step of steps) last = step
  return last
}

test.skipIf(noSmallDisk)(
  'an export to a full disk, or one that is read only, says so and leaves what was there',
  { timeout: 120_000 },
  async () => {
    const { database } = await filled()
    const disk = smallDisk()
    const file = join(disk.folder, 'calls.jsonl')
    writeFileSync(file, 'of before')
    for (const format of ['jsonl', 'csv', 'parquet'] as const) {
      const exporting = exportToFile(database, { format, withBodies: true }, file)
      expect(await lastOf(exporting)).toEqual({ type: 'failed', reason: 'disk-full' })
    }
    expect(readdirSync(disk.folder)).toEqual(['calls.jsonl'])
    expect(readFileSync(file, 'utf8')).toBe('of before')
    disk.remount('ro')
    const exporting = exportToFile(database, { format: 'jsonl', withBodies: false }, file)
    expect(await lastOf(exporting)).toEqual({ type: 'failed', reason: 'not-allowed' })
  },
)

test.skipIf(noSmallDisk)(
  'a backup to a full disk, or one that is read only, says so and leaves no part of it',
  { timeout: 120_000 },
  async () => {
    const { dataDir, store, database } = await filled()
    const disk = smallDisk()
    const backups = await openBackups({ store, database, dataDir, log: recordingLog() })
    onTestFinished(() => backups.close())
    await backups.chooseFolder(disk.folder)
    expect(await lastOf(backups.create('manual'))).toEqual({ type: 'failed', reason: 'disk-full' })
    expect(readdirSync(disk.folder)).toEqual([])
    disk.remount('ro')
    expect(await lastOf(backups.create('manual'))).toEqual({ type: 'failed', reason: 'not-allowed' })
    disk.remount('rw,size=64m')
    expect(await lastOf(backups.create('manual'))).toMatchObject({ type: 'done', backup: { calls: 400 } })
  },
)

test.skipIf(noSmallDisk)(
  'nothing is deleted that could not be archived, and with room again it is',
  { timeout: 120_000 },
  async () => {
    const disk = smallDisk()
    const { store, keeper, runOnce, calls: kept } = await openForTest({ archiveFolder: disk.folder })
    await store.insertCalls(calls(NOW - 200 * DAY))
    const before = await kept()
    const problem = async () => (await store.ask('retentionRuns', { before: null, limit: 1 }))[0]?.result
    await runOnce()
    expect(await problem()).toContain('archive-disk-full')
    expect(await kept()).toEqual(before)
    expect(readdirSync(disk.folder)).toEqual([])
    disk.remount('ro')
    await runOnce()
    expect(await problem()).toContain('archive-folder-unusable')
    expect(await kept()).toEqual(before)
    disk.remount('rw,size=64m')
    await runOnce()
    expect(await kept()).toEqual([])
    expect((await keeper.archives.list()).map(({ manifest }) => manifest?.counts.calls)).toEqual([400])
  },
)

test.skipIf(noSmallDisk)(
  'a console that was killed on a full disk opens there again, shows what it holds, and takes calls when there is room',
  { timeout: 120_000 },
  async () => {
    const disk = smallDisk()
    disk.remount('size=4m')
    const args = ['--data-dir', disk.folder, '--port', '0', '--token', 't']
    const post = (url: string, requestId: string) =>
      sendTo(url, {
        method: 'POST',
        path: '/v1/app-logs',
        headers: { 'content-type': 'application/json' },
        body: { app: 'bot', requestId, prompt: noise() },
      })
    const first = startHeadless({ args })
    expect((await post((await first.ready).url, 'kept')).status).toBe(200)
    first.child.kill('SIGKILL')
    await first.ended
    const filler = join(disk.folder, 'filler')
    const { bavail, bsize } = statfsSync(disk.folder)
    writeFileSync(filler, Buffer.alloc(bavail * bsize))

    const second = startHeadless({ args })
    const { url } = await second.ready
    const list = await sendTo(url, { path: '/v1/app-logs', headers: { authorization: 'Bearer t' } })
    expect(list.body).toMatchObject({ items: [{ requestId: 'kept' }] })
    expect(second.stderr()).toContain('collector.json could not be written')
    expect(readdirSync(disk.folder).filter((name) => name.startsWith('collector.json'))).toEqual([])
    writeFileSync(filler, '')
    expect((await post(url, 'later')).body).toMatchObject({ accepted: 1 })
  },
)

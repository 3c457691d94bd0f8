import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createRouterClient } from '@orpc/server'
import SqliteDatabase from 'better-sqlite3'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { FolderMoveStep } from '#shared/contract/data-folder.ts'
import { openConsole } from '../../../src/main/console.ts'
import { copyFileWhole } from '../../../src/main/relocation/copy-file.ts'
import { readPlace, writePlace } from '../../../src/main/relocation/place.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { recordingLog } from '../../start-console.ts'
import { noSmallDisk, smallDisk } from '../small-disk.ts'

const DATABASE = 'llmops.sqlite'

/** A console that is asked to move by the procedures of the window. */
async function open(dataDir: string, placeFile: string | undefined, target: string) {
  let restarts = 0
  const core = await openConsole({
    dataDir,
    placeFile,
    port: 0,
    log: recordingLog(),
    restart: () => (restarts += 1),
    dialogs: {
      saveFile: async () => undefined,
      openFile: async () => undefined,
      openedFile: () => undefined,
      droppedFile: async () => undefined,
      chooseFolder: async () => target,
    },
  })
  onTestFinished(() => core.close())
  return { core, client: createRouterClient(core.router), restarts: () => restarts }
}

const post = (url: string, app: string) =>
  fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Array.from({ length: 50 }, () => ({ app, prompt: 'x'.repeat(2_000) }))),
  })

async function stepsOf<T>(steps: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const step of steps) all.push(step)
  return all
}

/** What a console would find in a folder. */
function callsIn(folder: string): unknown {
  const sqlite = new SqliteDatabase(join(folder, DATABASE))
  try {
    expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok')
    return sqlite.prepare('select count(*) from app_log').pluck().get()
  } finally {
    sqlite.close()
  }
}

describe('a data folder that is moved', () => {
  test(
    'is whole where it is then, is found by the next start, and can be removed where it was',
    { timeout: 120_000 },
    async () => {
      const folder = temporaryFolder()
      const [source, chosen, place] = ['old', 'disk', 'place.json'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ]
      mkdirSync(join(source, 'archives'), { recursive: true })
      writeFileSync(join(source, 'archives', 'kept.bin'), 'kept')
      mkdirSync(chosen)
      writeFileSync(join(chosen, 'holiday.jpg'), 'not ours')
      const { core, client, restarts } = await open(source, place, chosen)
      await post(core.url, 'shop')
      const token = readFileSync(join(source, 'token'), 'utf8')

      const target = join(chosen, 'LLMOps Console')
      expect(await client.dataFolder.choose()).toMatchObject({ folder: target, problem: null })
      const steps = await stepsOf(await client.dataFolder.move())

      expect(steps.at(-1)).toEqual({ type: 'done', folder: target })
      await expect.poll(restarts).toBe(1)
      expect(readPlace(place)).toBe(target)
      expect(callsIn(target)).toBe(50)
      expect(readFileSync(join(target, 'token'), 'utf8')).toBe(token)
      expect(readFileSync(join(target, 'archives', 'kept.bin'), 'utf8')).toBe('kept')
      expect(readdirSync(target).filter((name) => /moving/.test(name))).toEqual([])

      const after = await open(target, place, chosen)
      expect(await after.client.dataFolder.get()).toEqual({ folder: target, isNamed: false, old: source })
      await post(after.core.url, 'later')
      await after.client.dataFolder.removeOld()
      expect(existsSync(source)).toBe(false)
      expect((await after.client.dataFolder.get()).old).toBeNull()
      expect(readFileSync(join(chosen, 'holiday.jpg'), 'utf8')).toBe('not ours')
    },
  )

  test('stays, and the console goes on, where it cannot be moved', { timeout: 120_000 }, async () => {
    const folder = temporaryFolder()
    const source = join(folder, 'old')
    const place = join(folder, 'place.json')
    const inside = await open(source, place, join(source, 'within'))
    expect(await inside.client.dataFolder.choose()).toMatchObject({ problem: 'inside' })
    expect((await stepsOf(await inside.client.dataFolder.move())).at(-1)).toEqual({
      type: 'failed',
      reason: 'inside',
      isRestarting: false,
    })
    expect((await post(inside.core.url, 'shop')).status).toBe(200)
    expect(existsSync(place)).toBe(false)
    await inside.core.close()

    const named = await open(source, undefined, join(folder, 'new'))
    expect(await named.client.dataFolder.choose()).toMatchObject({ problem: 'named' })
    expect(await stepsOf(await named.client.dataFolder.move())).toMatchObject([{ reason: 'named' }])
    expect(existsSync(join(folder, 'new'))).toBe(false)
  })

  test('that is no longer wanted leaves nothing behind, whenever it is cancelled', async () => {
    const folder = temporaryFolder()
    const source = join(folder, 'old')
    const target = join(folder, 'new')
    const place = join(folder, 'place.json')
    mkdirSync(join(source, 'archives'), { recursive: true })
    mkdirSync(target)
    // Large enough that copying it takes some steps.
    writeFileSync(join(source, 'archives', 'large.bin'), '')
    truncateSync(join(source, 'archives', 'large.bin'), 300_000_000)
    const { core, client, restarts } = await open(source, place, target)
    await post(core.url, 'shop')
    await client.dataFolder.choose()

    // As a page cancels: no further step is taken, so that the move may rest at any of them.
    const cancelAfter = async (isReached: (step: FolderMoveStep) => boolean) => {
      const abort = new AbortController()
      const steps = await client.dataFolder.move(undefined, { signal: abort.signal })
      let step = await steps.next()
      while (!step.done && !isReached(step.value)) step = await steps.next()
      abort.abort()
      await steps.return(undefined)
      expect(step.value).toMatchObject({ type: 'progress' })
      expect(readdirSync(target)).toEqual([])
      expect(existsSync(place)).toBe(false)
    }
    await cancelAfter(() => true)
    await cancelAfter(() => existsSync(join(target, 'moving.json')))
    expect((await post(core.url, 'shop')).status).toBe(200)
    expect(restarts()).toBe(0)

    // The console was closed for it, so it begins anew.
    await cancelAfter((step) => step.type === 'progress' && step.phase !== 'files')
    await expect.poll(restarts).toBe(1)
    expect(callsIn(source)).toBe(100)
  })

  test.skipIf(noSmallDisk !== null)(
    'is not moved to a disk that is full, or only to be read',
    { timeout: 120_000 },
    async () => {
      const disk = smallDisk()
      const folder = temporaryFolder()
      const { client, core } = await open(join(folder, 'old'), join(folder, 'place.json'), disk.folder)
      expect(await client.dataFolder.choose()).toMatchObject({ problem: 'disk-full' })
      expect((await stepsOf(await client.dataFolder.move())).at(-1)).toMatchObject({ reason: 'disk-full' })
      disk.remount('ro')
      expect(await client.dataFolder.choose()).toMatchObject({ problem: 'not-allowed' })
      expect((await post(core.url, 'shop')).status).toBe(200)
      disk.remount('rw')

      const large = join(folder, 'large')
      writeFileSync(large, Buffer.alloc(3_000_000, 1))
      const copying = copyFileWhole(large, join(disk.folder, 'copy'), {
        onBytes: () => undefined,
        signal: new AbortController().signal,
      })
      await expect(copying).rejects.toMatchObject({ code: 'ENOSPC' })
      expect(existsSync(join(disk.folder, 'copy'))).toBe(false)
    },
  )

  test('is whole in one place or the other, whenever it is killed', { timeout: 240_000 }, async () => {
    const folder = temporaryFolder()
    const source = join(folder, 'old')
    const target = join(folder, 'new')
    const place = join(folder, 'place.json')
    const { core } = await open(source, place, target)
    await post(core.url, 'shop')
    await core.close()
    mkdirSync(join(source, 'archives'))
    writeFileSync(join(source, 'archives', 'large.bin'), Buffer.alloc(30_000_000, 7))
    const placesAfter: string[] = []

    // The first ones while files are copied, the next about the database, the last when all was said.
    for (const lines of [1, 3, 5, 60]) {
      const dataDir = readPlace(place) ?? source
      if (dataDir === target) break
      const program = spawn(
        process.execPath,
        [join(import.meta.dirname, 'move-program.ts'), dataDir, target, place],
        {
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      )
      const ended = new Promise((resolve) => program.on('exit', resolve))
      let seen = 0
      for await (const line of createInterface({ input: program.stdout })) {
        seen += 1
        if (seen > lines || line.includes('"done"')) program.kill('SIGKILL')
      }
      await ended
      const now = readPlace(place) ?? source
      expect(callsIn(now)).toBe(50)
      expect(readFileSync(join(now, 'archives', 'large.bin'))).toHaveLength(30_000_000)
      placesAfter.push(now)
    }

    expect(placesAfter[0]).toBe(source)
    expect(placesAfter.at(-1)).toBe(target)
  })
})

describe('the place', () => {
  test('that is gone is not taken for an empty one', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'config', 'place.json')
    expect(readPlace(file)).toBeUndefined()
    writePlace(file, join(folder, 'unplugged'))
    expect(() => readPlace(file)).toThrow(/Attach its disk/)
    writeFileSync(file, 'x')
    expect(() => readPlace(file)).toThrow(/--data-dir/)
    writePlace(file, folder)
    expect(readPlace(file)).toBe(folder)
  })
})

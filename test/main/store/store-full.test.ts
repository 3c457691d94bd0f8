import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { collectorStatusSchema } from '#shared/contract/collector.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { sendTo } from '../../start-console.ts'
import { startHeadless } from '../start-headless.ts'
import { someText } from '../some-text.ts'

// A file system of its own, in a mount namespace of its own: it goes with the process, whatever happens to the test.
const SMALL_DISK = [
  'unshare',
  '--map-root-user',
  '--mount',
  'sh',
  '-c',
  'mount -t tmpfs -o size=6m tmpfs "$0" && head -c 3000000 /dev/zero > "$0/ballast" && exec "$@"',
]

function whyNoSmallDisk(): string | null {
  if (process.platform !== 'linux') return 'it takes a Linux mount namespace'
  const [command = '', ...args] = SMALL_DISK
  const { status, stderr, error } = spawnSync(command, [...args, '/mnt', 'true'], { encoding: 'utf8' })
  return status === 0 ? null : `no mount namespace here: ${error?.message ?? stderr.trim()}`
}

const missing = whyNoSmallDisk()

describe(`a full disk${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  test.skipIf(missing !== null)(
    'stores nothing of a batch and says so, and takes it when there is space again',
    async () => {
      const dataDir = temporaryFolder()
      const consoleProcess = startHeadless({
        wrapper: [...SMALL_DISK, dataDir],
        args: ['--port', '0', '--data-dir', dataDir],
      })
      const { url, token, pid } = await consoleProcess.ready
      const get = (path: string) => sendTo(url, { path, headers: { authorization: `Bearer ${token}` } })
      const callCount = async () =>
        collectorStatusSchema.parse((await get('/v1/collector/status')).body).store.calls
      const post = (batch: number) =>
        sendTo(url, {
          method: 'POST',
          path: '/v1/app-logs',
          headers: { 'content-type': 'application/json' },
          body: Array.from({ length: 20 }, (_, index) => ({
            requestId: `${batch}-${index}`,
            app: 'filler',
            prompt: 'x'.repeat(10_000),
          })),
        })

      let batch = 0
      let answer = await post(batch)
      while (answer.status === 200 && batch < 100) {
        batch += 1
        answer = await post(batch)
      }
      expect(answer.status).toBe(507)
      expect(answer.body).toEqual({ error: { code: 'store-full', message: someText } })
      expect(batch).toBeGreaterThan(0)
      expect(await callCount()).toBe(batch * 20)
      expect((await get(`/v1/app-logs/${batch}-0`)).status).toBe(404)
      expect((await post(batch)).status).toBe(507)

      // The process's own view of the file system.
      const ballast = join(`/proc/${pid}/root`, dataDir, 'ballast')
      expect(existsSync(ballast)).toBe(true)
      rmSync(ballast)
      const retried = await post(batch)
      expect(retried.status).toBe(200)
      expect(z.object({ accepted: z.int(), duplicates: z.int() }).parse(retried.body)).toEqual({
        accepted: 20,
        duplicates: 0,
      })
      expect(await callCount()).toBe((batch + 1) * 20)

      consoleProcess.child.kill('SIGTERM')
      expect(await consoleProcess.ended).toEqual({ code: 0, signal: null })
    },
  )
})

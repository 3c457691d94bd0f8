import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../../src/main/store/store.ts'
import { inspectArchived } from '../../../scripts/archive/inspect-archived.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { makeCall } from '../store/make-call.ts'
import { DAY, NOW } from './open-for-test.ts'

const PROCESS = join(import.meta.dirname, '../../../scripts/archive/retention-process.ts')
const CALLS = 700

/** @returns whether it got to its end. */
async function run(dataDir: string, work: 'archive' | 'restore', killAt: number): Promise<boolean> {
  const child = spawn(process.execPath, [PROCESS, dataDir, String(NOW), work, String(killAt)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  expect([code, signal]).toEqual(signal === null ? [0, null] : [null, 'SIGKILL'])
  return signal === null
}

test(
  'killed at every step, archiving and restoring lose nothing and double nothing',
  { timeout: 300_000 },
  async () => {
    const dataDir = temporaryFolder()
    const store = await openStore({ dataDir })
    const calls = Array.from({ length: CALLS }, (_, index) =>
      makeCall({
        startedAt: NOW - (200 + (index % 2)) * DAY + index,
        durationUs: 1_000 + index,
        totalTokens: index,
        costNanos: index,
        prompt: { format: 'text', text: `问题 ${index}` },
      }),
    )
    await store.insertCalls(calls)
    await store.close()
    const ids = calls.map(({ requestId }) => requestId).sort()
    const before = inspectArchived(dataDir)

    let kills = 0
    for (let killAt = 1; !(await run(dataDir, 'archive', killAt)); killAt += 1) {
      kills += 1
      const { stored, archived, sums, histograms } = inspectArchived(dataDir)
      expect([...new Set([...stored, ...archived])].sort()).toEqual(ids)
      expect(new Set(archived).size).toBe(archived.length)
      expect({ sums, histograms }).toEqual({ sums: before.sums, histograms: before.histograms })
    }
    expect(kills).toBeGreaterThanOrEqual(6)
    expect(inspectArchived(dataDir)).toEqual({ ...before, stored: [], archived: ids, leftOver: [] })

    for (let killAt = 2; !(await run(dataDir, 'restore', killAt)); killAt += 1) {
      const { sums, histograms } = inspectArchived(dataDir)
      expect({ sums, histograms }).toEqual({ sums: before.sums, histograms: before.histograms })
    }
    expect(inspectArchived(dataDir)).toEqual({ ...before, stored: ids, archived: ids, leftOver: [] })
  },
)

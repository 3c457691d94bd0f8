import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { openForReading } from '../../src/main/store/database.ts'
import { textIndexState } from '../../src/main/store/queries/text-index-state.ts'
import { DATABASE_FILE } from './data-set.ts'
import { median } from './median.ts'
import { withServer } from './server-process.ts'

const run = promisify(execFile)
const here = import.meta.dirname
const CALLS = 60_000
const ROUNDS = 3
const POLL_MS = 20

/** Calls a second through the collector: with the time until all are indexed, and without an index. In turn. */
export async function measureSearchIngest(): Promise<{ indexed: number; plain: number }> {
  const rates = { indexed: [] as number[], plain: [] as number[] }
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.indexed.push(await measure(true))
    rates.plain.push(await measure(false))
  }
  return { indexed: median(rates.indexed), plain: median(rates.plain) }
}

async function measure(isIndexed: boolean): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'llmops-bench-'))
  try {
    const args = [folder, isIndexed ? 'indexed' : 'plain']
    return await withServer(join(here, 'text-console.ts'), args, async (url) => {
      const startedAt = performance.now()
      await run(process.execPath, [
        join(here, 'load.ts'),
        `${url}/v1/app-logs`,
        String(CALLS),
        '100',
        '8',
        'texts',
      ])
      if (isIndexed) await allIndexed(join(folder, DATABASE_FILE))
      return CALLS / ((performance.now() - startedAt) / 1_000)
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function allIndexed(file: string): Promise<void> {
  const database = openForReading({ file })
  try {
    for (;;) {
      const { total, indexed } = await textIndexState(database)
      if (indexed === total) return
      await delay(POLL_MS)
    }
  } finally {
    database.sqlite.close()
  }
}

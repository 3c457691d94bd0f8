import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { say } from '../failure.ts'
import { median } from './median.ts'

const run = promisify(execFile)
const ROUNDS = 5
const CALLS = 60_000

/**
 * Calls a second into an empty database and into one that holds the data set, in turn. Ids are random, which is the
 * harder case: each goes to another page of its index.
 *
 * @param full a copy that may be written to
 */
export async function measureIngestSlowdown(full: string): Promise<{ empty: number; full: number }> {
  const rates = { empty: [] as number[], full: [] as number[] }
  for (let round = 1; round <= ROUNDS; round += 1) {
    say(`inserting, round ${round} of ${ROUNDS}`)
    const folder = mkdtempSync(join(tmpdir(), 'llmops-bench-'))
    try {
      rates.empty.push(await insertInto(join(folder, 'empty.sqlite'), round))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    rates.full.push(await insertInto(full, round))
  }
  return { empty: median(rates.empty), full: median(rates.full) }
}

async function insertInto(file: string, seed: number): Promise<number> {
  const script = join(import.meta.dirname, 'sustained-inserts.ts')
  const { stdout } = await run(process.execPath, [script, file, String(CALLS), String(seed)])
  const { callsPerSecond } = JSON.parse(stdout) as { callsPerSecond: number }
  return callsPerSecond
}

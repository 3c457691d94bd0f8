import { closeSync, cpSync, fsyncSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Failure } from '../failure.ts'
import type { DataSet } from './data-set.ts'
import { DATABASE_FILE, openDataSet } from './data-set.ts'
import { watchEventLoop } from './event-loop.ts'
import { measureIngestSlowdown } from './ingest-slowdown.ts'
import { QUESTIONS } from './questions.ts'
import type { Timing } from './time-questions.ts'
import { timeQuestions } from './time-questions.ts'

const MILLION = 1_000_000
const SIZES = [
  { calls: MILLION, bodies: 'ordinary' },
  { calls: 10 * MILLION, bodies: 'short' },
] as const
const BARS = {
  duckdbShare: 0.5,
  growth: 1.5,
  listMs: 5,
  ingestSlowdown: 0.15,
  eventLoopMs: 50,
}

/**
 * How long the questions of the pages take over a million and ten million calls, beside the same questions to DuckDB and
 * to raw SQL; how much slower calls are stored when there are many; and whether the main thread stays free meanwhile.
 *
 *   npm run bench -- queries [--calls 1000000]
 */
export async function benchQueries(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { calls: { type: 'string' } } })
  const sizes = SIZES.filter(({ calls }) => values.calls === undefined || calls === Number(values.calls))
  const dataSets: DataSet[] = []
  for (const { calls, bodies } of sizes) dataSets.push(await openDataSet(calls, bodies))
  const largest = dataSets.at(-1)
  if (!largest) throw new Failure(`--calls is one of: ${SIZES.map(({ calls }) => calls).join(', ')}.`)

  const timings = await timeQuestions(dataSets, QUESTIONS)
  printTimings(dataSets, timings)
  printDisk(dataSets)

  const copy = mkdtempSync(join(tmpdir(), 'llmops-bench-'))
  try {
    cpSync(largest.database, join(copy, DATABASE_FILE))
    // What the system still has to write of it would slow what is measured.
    writeOut(join(copy, DATABASE_FILE))
    const rates = await measureIngestSlowdown(join(copy, DATABASE_FILE))
    const delays = await watchEventLoop(copy)
    console.log(
      `\nevent loop of the main process, ${delays.answers} answers over ${millions(largest)} and ` +
        `${Math.round(delays.callsPerSecond)} calls/s coming in: blocked at most ${delays.maxMs.toFixed(1)} ms ` +
        `while its processors ran, ${delays.maxByClockMs.toFixed(1)} ms by the clock, p99 ${delays.p99Ms.toFixed(1)} ms`,
    )
    console.log(
      `calls stored, 100 a transaction: ${Math.round(rates.empty)}/s from empty, ` +
        `${Math.round(rates.full)}/s on top of ${millions(largest)}`,
    )
    console.log('\nbars')
    printQuestionBars(timings)
    printBar('ingest slows by', 1 - rates.full / rates.empty, BARS.ingestSlowdown)
    printBar('event loop blocked, ms', delays.maxMs, BARS.eventLoopMs)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

function writeOut(file: string): void {
  const descriptor = openSync(file, 'r+')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

type Timings = Record<keyof typeof QUESTIONS, Timing[]>
const NAMES = Object.keys(QUESTIONS) as (keyof typeof QUESTIONS)[]

function millions({ calls }: DataSet): string {
  return `${calls / MILLION} M calls`
}

function printTimings(dataSets: readonly DataSet[], timings: Timings): void {
  const ms = (value: number) => value.toFixed(value < 100 ? 1 : 0).padStart(9)
  const heads = dataSets.map((dataSet) => `${millions(dataSet)}, ms: ours   DuckDB  raw SQL`.padStart(36))
  console.log(`${''.padEnd(26)}${heads.join('')}`)
  for (const name of NAMES) {
    const cells = timings[name].map(
      ({ ours, duckdb, rawSql }) => `         ${ms(ours)}${ms(duckdb)}${ms(rawSql)}`,
    )
    console.log(`${QUESTIONS[name].name.padEnd(26)}${cells.join('')}`)
  }
}

function printDisk(dataSets: readonly DataSet[]): void {
  console.log()
  for (const dataSet of dataSets) {
    const { withBodies, withoutBodies } = dataSet.disk
    console.log(
      `${millions(dataSet)} take ${Math.round(withBodies)} bytes on disk each, ` +
        `${Math.round(withoutBodies)} without their bodies`,
    )
  }
}

function printQuestionBars(timings: Timings): void {
  for (const name of ['series', 'breakdown'] as const) {
    const [small, large] = timings[name]
    if (small) printBar(`${name} at 1 M, × DuckDB`, small.ours / small.duckdb, BARS.duckdbShare)
    if (small && large) printBar(`${name} at 10 M, × 1 M`, large.ours / small.ours, BARS.growth)
  }
  for (const name of ['newest', 'deepMany', 'deepFew'] as const) {
    const [, large] = timings[name]
    if (large) printBar(`${QUESTIONS[name].name} at 10 M, ms`, large.ours, BARS.listMs)
  }
}

function printBar(name: string, value: number, most: number): void {
  const verdict = value <= most ? 'met' : 'NOT MET'
  console.log(
    `${name.padEnd(36)} ${value.toFixed(2).padStart(7)}  at most ${String(most).padEnd(5)} ${verdict}`,
  )
}

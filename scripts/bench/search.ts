import { parseArgs } from 'node:util'
import { createRandom } from '../../src/main/demo/random.ts'
import type { OpenDatabase } from '../../src/main/store/database.ts'
import { openForReading } from '../../src/main/store/database.ts'
import type { CallPlace } from '../../src/main/store/queries/call-places.ts'
import { listCalls } from '../../src/main/store/queries/list-calls.ts'
import { say } from '../failure.ts'
import { median } from './median.ts'
import { RARE_WORDS, readRealLines } from './real-texts.ts'
import { measureSearchIngest } from './search-ingest.ts'
import { openTextDataSet } from './text-data-set.ts'

const COMPARED_CALLS = 100_000
const COMPARED_TEXTS = 60
const ROUNDS = 7
const PAGE = 50
const BARS = { pageMs: 50, ingestShare: 0.7 }

const WORDS: readonly { kind: string; texts: readonly string[] }[] = [
  { kind: 'common, Latin', texts: ['the', 'function', 'error', 'install'] },
  { kind: 'common, Chinese', texts: ['的', '数据', '调用', '错误'] },
  { kind: 'parts and signs', texts: ['unctio', '=>', 'npm install --save', '(options)', '```'] },
  { kind: 'rare', texts: RARE_WORDS },
  { kind: 'nowhere', texts: ['qzxvk', '不存在的', '账账', '~^~', 'Quorumless'] },
]

/**
 * How long it takes to find the newest calls that hold a text, beside the plain scan for it; whether both find the same;
 * and how much slower calls are taken in when their texts are indexed.
 *
 *   npm run bench -- search [--calls 1000000]
 */
export async function benchSearch(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { calls: { type: 'string', default: '1000000' } } })
  const lines = await readRealLines()
  say(`${lines.english.length} lines in English, ${lines.chinese.length} in Chinese`)
  const compared = await openTextDataSet(COMPARED_CALLS, lines)
  withDatabase(compared.database, (database) => compareWithScan(database))

  const calls = Number(values.calls)
  const dataSet = await openTextDataSet(calls, lines)
  const slowest = withDatabase(dataSet.database, (database) => timeWords(database))
  const { costUs, bytes } = dataSet
  console.log(
    `\nprocessor time of a call: ${costUs.storing.toFixed(1)} µs to store and follow, ${costUs.indexing.toFixed(1)} µs to index; ` +
      `bytes on disk: ${Math.round(bytes.texts)} of texts, ${Math.round(bytes.index)} of index`,
  )
  const rates = await measureSearchIngest()
  console.log(
    `calls through the collector, until all is indexed: ${Math.round(rates.indexed)}/s; not indexed: ${Math.round(rates.plain)}/s`,
  )
  console.log('\nbars')
  printBar('slowest page, ms', slowest, slowest <= BARS.pageMs, `at most ${BARS.pageMs}`)
  const share = rates.indexed / rates.plain
  printBar('ingest, × not indexed', share, share >= BARS.ingestShare, `at least ${BARS.ingestShare}`)
}

function printBar(name: string, value: number, isMet: boolean, bar: string): void {
  console.log(
    `${name.padEnd(24)} ${value.toFixed(2).padStart(7)}  ${bar.padEnd(14)} ${isMet ? 'met' : 'NOT MET'}`,
  )
}

function withDatabase<T>(file: string, use: (database: OpenDatabase) => T): T {
  const database = openForReading({ file })
  try {
    return use(database)
  } finally {
    database.sqlite.close()
  }
}

/** @returns the slowest page, ms. */
function timeWords(database: OpenDatabase): number {
  let slowest = 0
  console.log(`${'newest 50'.padEnd(18)}${'text'.padEnd(22)}     found   ours, ms   LIKE, ms`)
  for (const { kind, texts } of WORDS) {
    for (const q of texts) {
      const page = listCalls(database, { q, limit: PAGE })
      const ours = median(
        Array.from({ length: ROUNDS }, () => timed(() => listCalls(database, { q, limit: PAGE }))),
      )
      const like = timed(() => scanPage(database, q))
      slowest = Math.max(slowest, ours)
      const isWhole = page.items.length === PAGE || page.end === null
      const found = `${page.items.length}${isWhole ? '' : ' …'}`
      console.log(
        `${kind.padEnd(18)}${q.padEnd(22)}${found.padStart(10)}${ours.toFixed(1).padStart(11)}${like.toFixed(0).padStart(11)}`,
      )
    }
  }
  return slowest
}

function timed(work: () => unknown): number {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}

function scanPage({ sqlite }: OpenDatabase, q: string): unknown[] {
  const like = `%${q.replace(/[\\%_]/g, String.raw`\$&`)}%`
  return sqlite
    .prepare(
      String.raw`select app_log.id from app_log join app_log_body on app_log_id = app_log.id
        where prompt like ? escape '\' or response like ? escape '\' order by started_at desc, app_log.id desc limit 50`,
    )
    .all(like, like)
}

/** Parts of texts that are there, of any length, from anywhere: all that the scan finds is found, and nothing else. */
function compareWithScan(database: OpenDatabase): void {
  const random = createRandom(1)
  const textOf = database.sqlite
    .prepare<[number], string>('select prompt from app_log_body where app_log_id = ?')
    .pluck()
  const scan = database.sqlite
    .prepare<[string, string], number>(
      `select app_log.id from app_log join app_log_body on app_log_id = app_log.id
        where instr(lower(prompt), lower(?)) > 0 or instr(lower(response), lower(?)) > 0 order by started_at desc, app_log.id desc`,
    )
    .pluck()
  let matches = 0
  for (let done = 0; done < COMPARED_TEXTS; done += 1) {
    const text = textOf.get(random.integer(1, COMPARED_CALLS)) ?? ''
    const start = random.integer(0, text.length - 1)
    const q = text.slice(start, start + Math.max(1, Math.round(random.logNormal(5, 0.8)))).toWellFormed()
    const expected = scan.all(q, q)
    const found: number[] = []
    let after: CallPlace | undefined
    do {
      const page = listCalls(database, { q, limit: 1_000, after })
      found.push(...page.items.map(({ id }) => id))
      after = page.end ?? undefined
    } while (after)
    if (JSON.stringify(found) !== JSON.stringify(expected)) {
      throw new Error(`${JSON.stringify(q)}: ${found.length} found, ${expected.length} by a plain scan`)
    }
    matches += found.length
  }
  console.log(
    `${COMPARED_TEXTS} parts of texts in ${COMPARED_CALLS.toLocaleString('en')} calls: ${matches.toLocaleString('en')} matches, as by a plain scan\n`,
  )
}

import type { DuckDBConnection } from '@duckdb/node-api'
import { openForReading } from '../../src/main/store/database.ts'
import { openStore } from '../../src/main/store/store.ts'
import { say } from '../failure.ts'
import type { DataSet } from './data-set.ts'
import { openDuckdbCopy } from './duckdb-copy.ts'
import { median } from './median.ts'
import type { Question } from './questions.ts'
import { DUCKDB, SQLITE } from './questions.ts'

const WARM_UP = 2
const ROUNDS = 15
/** Raw SQL takes up to a minute for one answer. */
const RAW_SQL_ROUNDS = 1

/** Median milliseconds for one question over one data set. */
export interface Timing {
  ours: number
  duckdb: number
  rawSql: number
}

/**
 * Asks every question of every data set: our store, DuckDB and raw SQL in turn, so that a slow moment of the machine
 * meets all of them.
 *
 * @returns by question, in the order of the data sets.
 */
export async function timeQuestions<Name extends string>(
  dataSets: readonly DataSet[],
  questions: Readonly<Record<Name, Question>>,
): Promise<Record<Name, Timing[]>> {
  const subjects = await Promise.all(dataSets.map(openSubject))
  const timings = {} as Record<Name, Timing[]>
  try {
    for (const name of Object.keys(questions) as Name[]) {
      say(`asking: ${questions[name].name}`)
      timings[name] = await timeQuestion(questions[name], subjects)
    }
  } finally {
    for (const subject of subjects) await subject.close()
  }
  return timings
}

type Subject = Awaited<ReturnType<typeof openSubject>>

async function openSubject(dataSet: DataSet) {
  const duckdb: DuckDBConnection = await openDuckdbCopy(dataSet)
  const store = await openStore({ dataDir: dataSet.folder })
  // With the cache of a reader thread.
  const { sqlite } = openForReading({ file: dataSet.database })
  return {
    ours: (question: Question) => question.ask(store),
    duckdb: async (question: Question) => (await duckdb.runAndReadAll(question.sql(DUCKDB))).getRows(),
    rawSql: async (question: Question) => sqlite.prepare(question.sql(SQLITE)).all(),
    async close() {
      await store.close()
      sqlite.close()
      duckdb.closeSync()
    },
  }
}

async function timeQuestion(question: Question, subjects: readonly Subject[]): Promise<Timing[]> {
  const timings = subjects.map((): Record<keyof Timing, number[]> => ({ ours: [], duckdb: [], rawSql: [] }))
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const [index, subject] of subjects.entries()) {
      for (const who of ['ours', 'duckdb', 'rawSql'] as const) {
        if (who === 'rawSql' && (round < 0 || round >= RAW_SQL_ROUNDS)) continue
        const startedAt = performance.now()
        await subject[who](question)
        if (round >= 0) timings[index]?.[who].push(performance.now() - startedAt)
      }
    }
  }
  return timings.map(({ ours, duckdb, rawSql }) => ({
    ours: median(ours),
    duckdb: median(duckdb),
    rawSql: median(rawSql),
  }))
}

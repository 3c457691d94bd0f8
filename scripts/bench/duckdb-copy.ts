import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { BIGINT, DuckDBDataChunk, DuckDBInstance, VARCHAR } from '@duckdb/node-api'
import { openForReading } from '../../src/main/store/database.ts'
import { say } from '../failure.ts'
import type { DataSet } from './data-set.ts'

/** What the questions need of a call; DuckDB reads only the columns that a question names. */
const TEXTS = ['app', 'model', 'environment', 'user_id', 'status', 'error_type'] as const
const NUMBERS = [
  ...['id', 'started_at', 'duration_us', 'ttft_us'],
  ...[
    'input_tokens',
    'output_tokens',
    'cached_input_tokens',
    'reasoning_tokens',
    'total_tokens',
    'cost_nanos',
  ],
] as const
const ROWS_PER_CHUNK = 2_048

/** Opens DuckDB on the same calls, in its own format and sorted by time as they are; made once and kept beside them. */
export async function openDuckdbCopy(dataSet: DataSet): Promise<DuckDBConnection> {
  const file = join(dataSet.folder, 'calls.duckdb')
  if (!existsSync(file)) {
    say(`copying ${dataSet.calls.toLocaleString('en')} calls to DuckDB`)
    const unfinished = `${file}.unfinished`
    await rm(unfinished, { force: true })
    await copy(dataSet, unfinished)
    await rename(unfinished, file)
  }
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' })
  return instance.connect()
}

async function copy(dataSet: DataSet, file: string): Promise<void> {
  const { sqlite } = openForReading({ file: dataSet.database })
  const instance = await DuckDBInstance.create(file)
  const connection = await instance.connect()
  const columns = [...TEXTS.map((name) => `${name} varchar`), ...NUMBERS.map((name) => `${name} bigint`)]
  await connection.run(`create table app_log (${columns.join(', ')})`)
  const appender = await connection.createAppender('app_log')
  const types = [...TEXTS.map(() => VARCHAR), ...NUMBERS.map(() => BIGINT)]
  const rows = sqlite
    .prepare<[], (string | bigint | null)[]>(
      `select ${[...TEXTS, ...NUMBERS].join(', ')} from app_log order by started_at, id`,
    )
    .raw()
    .safeIntegers()
  const append = (values: (string | bigint | null)[][]) => {
    const chunk = DuckDBDataChunk.create(types)
    chunk.setRows(values)
    appender.appendDataChunk(chunk)
  }
  let waiting = []
  for (const row of rows.iterate()) {
    waiting.push(row)
    if (waiting.length < ROWS_PER_CHUNK) continue
    append(waiting)
    waiting = []
  }
  append(waiting)
  appender.closeSync()
  connection.closeSync()
  instance.closeSync()
  sqlite.close()
}

/**
 * The least a store can do: inserts the same calls into the same columns of the same schema, 100 a transaction, synced at
 * each commit, with no HTTP, no threads, no checks and no rollups. What the collector's rate at 100 calls a request is
 * held against.
 *
 *   node scripts/bench/bare-inserts.ts <calls>
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type SqliteDatabase from 'better-sqlite3'
import { openForWriting } from '../../src/main/store/database.ts'
import { migrateToLatest } from '../../src/main/store/migrations/index.ts'
import { madeUpCall } from './made-up-call.ts'

const CALLS = Number(process.argv[2])
const CALLS_PER_TRANSACTION = 100
/** Distinct calls made before the clock starts; every call has an id of its own. */
const DISTINCT = 6_400

const folder = mkdtempSync(join(tmpdir(), 'llmops-bench-'))
const database = openForWriting({ file: join(folder, 'bench.sqlite') })
await migrateToLatest(database)
const { sqlite } = database

const callColumns = columnsOf('app_log').filter((name) => name !== 'id')
const bodyColumns = columnsOf('app_log_body')
const insertCall = prepareInsert('app_log', callColumns)
const insertBody = prepareInsert('app_log_body', bodyColumns)
const idAt = callColumns.indexOf('request_id')
const keyAt = bodyColumns.indexOf('app_log_id')
const rows = Array.from({ length: DISTINCT }, () => {
  const call = madeUpCall()
  const { callRow, bodyRow } = rowsOf(call)
  return {
    call: callColumns.map((name) => callRow[name] ?? null),
    body: bodyColumns.map((name) => bodyRow[name] ?? null),
  }
})

let inserted = 0
const insert = sqlite.transaction(() => {
  for (let count = 0; count < CALLS_PER_TRANSACTION; count += 1) {
    const row = rows[inserted % DISTINCT]
    if (!row) throw new Error('no row')
    inserted += 1
    row.call[idAt] = `${inserted.toString(16).padStart(16, '0')}-f0f1f2f3f4f5f6f7`
    row.body[keyAt] = Number(insertCall.run(...row.call).lastInsertRowid)
    insertBody.run(...row.body)
  }
})

const startedAt = performance.now()
while (inserted < CALLS) insert.immediate()
const seconds = (performance.now() - startedAt) / 1_000
sqlite.close()
rmSync(folder, { recursive: true, force: true })
process.stdout.write(JSON.stringify({ callsPerSecond: inserted / seconds }))

type Row = Record<string, string | number>

function rowsOf(call: ReturnType<typeof madeUpCall>): { callRow: Row; bodyRow: Row } {
  return {
    callRow: {
      source: 'native',
      app: call.app,
      user_id: call.userId,
      provider: 'bench',
      model: call.model,
      operation: 'chat',
      status: 'ok',
      started_at: call.startedAt,
      arrived_at: Date.now(),
      duration_us: call.durationMs * 1_000,
      ttft_us: call.ttftMs * 1_000,
      input_tokens: call.inputTokens,
      output_tokens: call.outputTokens,
      total_tokens: call.inputTokens + call.outputTokens,
      usage_source: 'reported',
      is_step: 0,
      has_usage_below: 1,
    },
    bodyRow: {
      prompt: call.prompt,
      prompt_format: 'text',
      response: call.response,
      response_format: 'text',
    },
  }
}

function columnsOf(table: string): string[] {
  return sqlite
    .prepare<[string], { name: string }>('select name from pragma_table_info(?)')
    .all(table)
    .map(({ name }) => name)
}

function prepareInsert(table: string, columns: readonly string[]): SqliteDatabase.Statement {
  const places = columns.map(() => '?').join(', ')
  return sqlite.prepare(`insert into ${table} (${columns.join(', ')}) values (${places})`)
}

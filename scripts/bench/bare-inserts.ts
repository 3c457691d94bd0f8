/**
 * The least a store can do: inserts the same rows into the same schema, 100 a transaction, synced at each commit, with
 * no HTTP, no threads, no checks and no rollups. What the collector's rate at 100 calls a request is held against.
 *
 *   node scripts/bench/bare-inserts.ts <rows>
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openForWriting } from '../../src/main/store/database.ts'
import { migrateToLatest } from '../../src/main/store/migrations/index.ts'

const ROWS = Number(process.argv[2])
const ROWS_PER_TRANSACTION = 100
const folder = mkdtempSync(join(tmpdir(), 'llmops-bench-'))
const database = openForWriting({ file: join(folder, 'bench.sqlite') })
await migrateToLatest(database)
const { sqlite } = database

const call = sqlite.prepare(
  `insert into app_log (request_id, source, app, user_id, provider, model, operation, status, started_at, arrived_at,
     duration_us, ttft_us, input_tokens, output_tokens, total_tokens, usage_source, has_usage_below)
   values (?, 'native', ?, ?, 'bench', ?, 'chat', 'ok', ?, ?, ?, ?, ?, ?, ?, 'reported', 1)`,
)
const body = sqlite.prepare(
  `insert into app_log_body (app_log_id, prompt, prompt_format, response, response_format)
   values (?, ?, 'text', ?, 'text')`,
)
const text = '你好 模型 延迟 the model latency tokens cost prompt answer '.repeat(20).slice(0, 640)
const now = Date.now()
let row = 0
const insert = sqlite.transaction(() => {
  for (let count = 0; count < ROWS_PER_TRANSACTION; count += 1) {
    row += 1
    const id = `${row.toString(16).padStart(16, '0')}-${Math.random().toString(16).slice(2, 18)}`
    const { lastInsertRowid } = call.run(
      id,
      `app-${row % 8}`,
      `user-${row % 200}`,
      `model-${row % 4}`,
      now - (row % 60_000),
      now,
      80_000 + row,
      40_000,
      500,
      100,
      600,
    )
    body.run(lastInsertRowid, text, text)
  }
})

const startedAt = performance.now()
while (row < ROWS) insert.immediate()
const seconds = (performance.now() - startedAt) / 1_000
sqlite.close()
rmSync(folder, { recursive: true, force: true })
process.stdout.write(JSON.stringify({ callsPerSecond: row / seconds }))

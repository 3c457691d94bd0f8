import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import SqliteDatabase from 'better-sqlite3'

export interface Inspected {
  /** Request ids of the rows. */
  stored: string[]
  /** Request ids in archives that have a manifest, as often as they are there. */
  archived: string[]
  /** Files that are no part of an archive. */
  leftOver: string[]
  /** What statistics hold of everything, without the durations' histogram. */
  sums: unknown
  histograms: string[]
}

/** Looks at a data folder with nothing of ours: SQLite, gzip and JSON. The console must be closed. */
export function inspectArchived(dataDir: string): Inspected {
  const database = new SqliteDatabase(join(dataDir, 'llmops.sqlite'), { readonly: true })
  const folder = join(dataDir, 'archives')
  const files = existing(folder)
  const names = files.flatMap((file) => (file.endsWith('.manifest.json') ? [file.slice(0, -14)] : []))
  try {
    return {
      stored: database.prepare<[], string>('select request_id from app_log order by 1').pluck().all(),
      archived: names
        .filter((name) => name.includes('.calls.'))
        .flatMap((name) =>
          gunzipSync(readFileSync(join(folder, `${name}.jsonl.gz`)))
            .toString('utf8')
            .trimEnd()
            .split('\n')
            .slice(1)
            .map((line) => (JSON.parse(line) as { requestId: string }).requestId),
        )
        .sort(),
      leftOver: files.filter(
        (file) => !names.some((name) => file === `${name}.manifest.json` || file === `${name}.jsonl.gz`),
      ),
      sums: database
        .prepare(
          `select level, label_set_id, sum(requests) as requests, sum(errors) as errors, sum(duration_us) as duration_us,
             sum(total_tokens) as total_tokens, sum(cost_nanos) as cost_nanos
           from call_rollup where level < 6 group by 1, 2 order by 1, 2`,
        )
        .all(),
      histograms: database
        .prepare<[], string>(
          'select hex(duration_histogram) from call_rollup where level < 6 order by level, bucket_start, label_set_id',
        )
        .pluck()
        .all(),
    }
  } finally {
    database.close()
  }
}

function existing(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // Nothing was archived yet.
    return []
  }
}

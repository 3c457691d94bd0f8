import { sql } from 'kysely'
import type { DatabasePart } from '#shared/contract/database.ts'
import type { OpenDatabase } from '../database.ts'

/** Tables by the part that they are shown as; by the beginning of their names, and what is none of them is `other`. */
const PARTS: readonly (readonly [RegExp, DatabasePart['part']])[] = [
  [/^app_log$/, 'calls'],
  [/^app_log_body$/, 'bodies'],
  [/^span_event$/, 'bodies'],
  [/^text_/, 'textIndex'],
  [/^(request_ref|request_filter|user_call|label_call|session_name|recent_session_name)$/, 'indexes'],
  [/^(call_rollup|user_rollup_day|presence|top_call|label_set|user|session|rollup_state)$/, 'statistics'],
  [/^feedback/, 'feedback'],
  [/^(alert|channel|delivery|silence|rule)/, 'alerts'],
]

/**
 * How large each part of the file is. Reads every page of it, which takes as long as it takes to read the file.
 *
 * By SQLite's own table `dbstat`.
 */
export async function databaseParts({ kysely, sqlite }: OpenDatabase): Promise<DatabasePart[]> {
  const { rows } = await sql<{ name: string; type: string; owner: string; sizeBytes: number }>`
    select dbstat.name as name, coalesce(entry.type, 'table') as type,
      coalesce(entry.tbl_name, dbstat.name) as owner, dbstat.pgsize as sizeBytes
    from dbstat left join sqlite_schema as entry on entry.name = dbstat.name
    where dbstat.aggregate = true`.execute(kysely)
  const sizes = new Map<DatabasePart['part'], number>()
  const add = (part: DatabasePart['part'], sizeBytes: number) =>
    sizes.set(part, (sizes.get(part) ?? 0) + sizeBytes)
  for (const { type, owner, name, sizeBytes } of rows) {
    // A table without row ids is its own primary key.
    const isIndex = type === 'index' && !name.startsWith('sqlite_autoindex')
    const part = PARTS.find(([tables]) => tables.test(owner))?.[1] ?? 'other'
    add(isIndex && part !== 'feedback' && part !== 'alerts' ? 'indexes' : part, sizeBytes)
  }
  const pragma = (name: string) => Number(sqlite.pragma(name, { simple: true }))
  add('free', pragma('freelist_count') * pragma('page_size'))
  return [...sizes]
    .filter(([, sizeBytes]) => sizeBytes > 0)
    .map(([part, sizeBytes]) => ({ part, sizeBytes }))
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
}

import type { Readable } from 'node:stream'
import { Readable as Stream } from 'node:stream'
import { parse } from 'csv-parse'
import type { Fields } from './fields.ts'

/** A row of a file of CSV by the names of its columns, and the line that it ends on. */
export interface CsvRecord {
  line: number
  /** Null: it is no row. */
  fields: Fields | null
}

const BYTE_ORDER_MARK = /^\ufeff/

/** Whether a file is a table of runs, by its first line: names of columns, among them that of a run's type. */
export function isTableOfRuns(beginning: Buffer): boolean {
  const [head = ''] = beginning.toString('utf8').replace(BYTE_ORDER_MARK, '').split('\n', 1)
  return !/^\s*[[{]/.test(head) && head.split(',').some((name) => columnName(name) === 'run_type')
}

/** Reads a table row by row; one that is broken spoils no other. */
export async function* csvRecords(
  chunks: AsyncIterable<Buffer>,
  { maxBytes }: { maxBytes: number },
): AsyncGenerator<CsvRecord> {
  const skipped: CsvRecord[] = []
  const content: Readable = Stream.from(chunks)
  const rows = parse({
    bom: true,
    info: true,
    max_record_size: maxBytes,
    // Tables are written by hand, too.
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => void skipped.push({ line: Number(error?.['lines'] ?? 0), fields: null }),
  })
  content.on('error', (error) => rows.destroy(error))
  content.pipe(rows)
  let names: string[] | undefined
  for await (const row of rows) {
    const { record, info } = row as { record: string[]; info: { lines: number } }
    yield* skipped.splice(0)
    if (names) yield { line: info.lines, fields: fieldsOfRow(names, record) }
    else names = record.map(columnName)
  }
  yield* skipped
}

/** As the API names it: `Run Type` is `run_type`. */
function columnName(text: string): string {
  const name = text.trim().replaceAll('"', '').toLowerCase().replaceAll(/\s+/g, '_')
  return name === 'run_id' ? 'id' : name
}

/** An empty cell says nothing. Names come from outside. */
function fieldsOfRow(names: readonly string[], row: readonly string[]): Fields {
  const fields = Object.create(null) as Record<string, unknown>
  names.forEach((name, index) => {
    const cell = row[index] ?? ''
    if (cell !== '') fields[name] = cell
  })
  return fields
}

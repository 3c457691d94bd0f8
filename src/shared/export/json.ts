import type { ExportTable } from './export-table.ts'

/** Writes a table as JSON: an array of objects, one a row, every text to the letter. */
export function jsonOf(table: ExportTable): string {
  const rows = table.rows.map((values) =>
    Object.fromEntries(table.fields.map((field, index) => [field, values[index] ?? null])),
  )
  return `${JSON.stringify(rows, null, 2)}\n`
}

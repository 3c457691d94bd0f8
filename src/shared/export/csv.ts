import type { ExportTable, ExportValue } from './export-table.ts'

/** Excel takes a file without it for one in the system's code page, and shows Chinese as garbage. */
const BYTE_ORDER_MARK = '\ufeff'
const LINE_END = '\r\n'

/** What makes a spreadsheet take a cell for a formula; the wide ones do where Chinese or Japanese is the system's. */
const FORMULA_SIGNS: ReadonlySet<string> = new Set('=+-@＝＋－＠')
/** Where a cell begins, with what a reader may drop there. All of a run at once: no text makes this slow. */
const CELL_START = /(?:^|[\r\n\t;])[\s\p{C}";]*/gu

/**
 * Writes a table as CSV (RFC 4180) with a header. Texts are quoted, numbers are not; null is nothing at all, where an
 * empty text is `""`.
 *
 * Names come from apps and users, and a spreadsheet runs a cell that begins like a formula. In such a text an
 * apostrophe comes before the sign, and it is text (OWASP, "CSV Injection"): at its beginning, and also after a line
 * end, a tab or a semicolon in it, where a reader that goes by other separators sees a cell begin. So a text may differ
 * from what was logged; the JSON of the same table has it to the letter.
 */
export function csvOf(table: ExportTable): string {
  return csvHead(table.fields) + table.rows.map(csvLine).join('')
}

/** What such a file begins with: for one that is too large to be made at once. */
export function csvHead(fields: ExportTable['fields']): string {
  return BYTE_ORDER_MARK + csvLine(fields)
}

/** One row of such a file. */
export function csvLine(values: readonly ExportValue[]): string {
  return values.map(cellOf).join(',') + LINE_END
}

function cellOf(value: ExportValue): string {
  if (value === null) return ''
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  if (typeof value === 'boolean') return String(value)
  const text = defuse(typeof value === 'string' ? value : JSON.stringify(value))
  return `"${text.replaceAll('"', '""')}"`
}

function defuse(text: string): string {
  const defused = text.replace(CELL_START, (run, start: number) =>
    FORMULA_SIGNS.has(text.charAt(start + run.length)) ? `${run}'` : run,
  )
  return /^[\t\r\n]/.test(defused) ? `'${defused}` : defused
}

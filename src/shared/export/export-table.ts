/** A value as it leaves the console: raw, in the unit that its field's name says. */
export type ExportValue =
  string | number | boolean | null | readonly ExportValue[] | { readonly [field: string]: ExportValue }

/**
 * A table for other programs. Its fields are English and stay the same in every language and version, as in the HTTP
 * API: whoever reads it by a script relies on them. Units are in their names, times are ISO 8601 in UTC.
 */
export interface ExportTable {
  fields: readonly string[]
  rows: readonly (readonly ExportValue[])[]
}

/**
 * Lays out rows by what each field is to hold, in that order.
 *
 * @example exportTable(calls, { app: (call) => call.app, durationMs: (call) => call.durationMs })
 */
export function exportTable<Row>(
  rows: readonly Row[],
  fields: Readonly<Record<string, (row: Row) => ExportValue>>,
): ExportTable {
  const columns = Object.entries(fields)
  return {
    fields: columns.map(([field]) => field),
    rows: rows.map((row) => columns.map(([, valueOf]) => valueOf(row))),
  }
}

/** @returns the time in ISO 8601, UTC, to the millisecond. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

/** @returns an amount in units of its currency, of one in 1e-9; null: there is none. */
export function unitsOf(nanos: number | null): number | null {
  return nanos === null ? null : nanos / 1e9
}

import type { FileType } from '#shared/contract/files.ts'
import { csvOf } from '#shared/export/csv.ts'
import type { ExportTable } from '#shared/export/export-table.ts'
import { jsonOf } from '#shared/export/json.ts'
import { useSaveFile } from './use-save-file.ts'

export interface ExportSource {
  /** What the file's name begins with: English, lower case, hyphens. */
  name: string
  /** What is exported, in the language on screen. */
  title: string
  /** Made when it is asked for; it may have to be loaded. */
  table: () => ExportTable | Promise<ExportTable>
  picture?: (() => Promise<Blob>) | undefined
}

/** What can be had of a source, in the order of a menu. */
export type ExportFormat = 'png' | 'csv' | 'json'

/** Offers tables and charts to save. */
export function useExport(): (source: ExportSource, format: ExportFormat) => Promise<void> {
  const saveFile = useSaveFile()
  return ({ name, title, ...source }, format) => saveFile({ name, title, make: () => fileOf(source, format) })
}

async function fileOf(
  source: Pick<ExportSource, 'table' | 'picture'>,
  format: ExportFormat,
): Promise<[FileType, Blob]> {
  if (format === 'png' && source.picture) return ['image/png', await source.picture()]
  const table = await source.table()
  return format === 'csv'
    ? ['text/csv', new Blob([csvOf(table)])]
    : ['application/json', new Blob([jsonOf(table)])]
}

import { useI18n } from 'vue-i18n'
import type { FileType } from '#shared/contract/files.ts'
import { csvOf } from '#shared/export/csv.ts'
import type { ExportTable } from '#shared/export/export-table.ts'
import { jsonOf } from '#shared/export/json.ts'
import { client } from '../client.ts'
import { useToasts } from '../stores/toasts.ts'

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

/** Offers files to save, and says how that went. Who changes their mind in the dialog is told nothing. */
export function useExport(): (source: ExportSource, format: ExportFormat) => Promise<void> {
  const { t } = useI18n()
  const toasts = useToasts()

  return async function save(source, format) {
    const { title } = source
    const fail = (text: string) =>
      toasts.show({
        text,
        isFailure: true,
        action: { label: t('failure.retry'), run: () => void save(source, format) },
      })
    try {
      const [type, content] = await fileOf(source, format)
      const name = `${source.name}-${localDay(new Date())}`
      const saved = await client.files.save({ name, type, content })
      if (saved.outcome === 'saved') toasts.show({ text: t('export.saved', { file: saved.fileName }) })
      if (saved.outcome !== 'failed') return
      const { reason } = saved
      if (reason === 'disk-full') fail(t('export.diskFull', { title }))
      else fail(t(reason === 'not-allowed' ? 'export.notAllowed' : 'export.failed', { title }))
    } catch {
      // It could not be loaded or made, or the main process does not answer.
      fail(t('export.failed', { title }))
    }
  }
}

async function fileOf(source: ExportSource, format: ExportFormat): Promise<[FileType, Blob]> {
  if (format === 'png' && source.picture) return ['image/png', await source.picture()]
  const table = await source.table()
  return format === 'csv'
    ? ['text/csv', new Blob([csvOf(table)])]
    : ['application/json', new Blob([jsonOf(table)])]
}

/** The day by the user's calendar, as ISO 8601 writes it. */
function localDay(time: Date): string {
  const twoDigits = (value: number) => String(value).padStart(2, '0')
  return `${time.getFullYear()}-${twoDigits(time.getMonth() + 1)}-${twoDigits(time.getDate())}`
}

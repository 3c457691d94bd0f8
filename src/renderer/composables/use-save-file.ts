import { useI18n } from 'vue-i18n'
import type { FileType } from '#shared/contract/files.ts'
import { client } from '../client.ts'
import { useToasts } from '../stores/toasts.ts'

export interface FileSource {
  /** What the file's name begins with: English, lower case, hyphens. */
  name: string
  /** What is saved, in the language on screen. */
  title: string
  /** Makes it; it may have to be loaded. */
  make: () => Promise<readonly [FileType, Blob]>
}

/** Offers files to save, and says how that went. Who changes their mind in the dialog is told nothing. */
export function useSaveFile(): (source: FileSource) => Promise<void> {
  const { t } = useI18n()
  const toasts = useToasts()

  return async function save(source) {
    const { title } = source
    const fail = (text: string) =>
      toasts.show({
        text,
        isFailure: true,
        action: { label: t('failure.retry'), run: () => void save(source) },
      })
    try {
      const [type, content] = await source.make()
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

/** The day by the user's calendar, as ISO 8601 writes it. */
function localDay(time: Date): string {
  const twoDigits = (value: number) => String(value).padStart(2, '0')
  return `${time.getFullYear()}-${twoDigits(time.getMonth() + 1)}-${twoDigits(time.getDate())}`
}

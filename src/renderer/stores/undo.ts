import { defineStore } from 'pinia'
import { ref } from 'vue'
import { i18n } from '../i18n/index.ts'
import { useToasts } from './toasts.ts'

/** What a user removes or changes is done at once, said, and taken back if that is wanted: nobody is asked first. */
export const useUndo = defineStore('undo', () => {
  const toasts = useToasts()
  const { t } = i18n.global
  /** Grows when something was taken back: the lists that may hold it look again, on whatever page the user is by then. */
  const revision = ref(0)

  /**
   * @param text what was done, in the language on screen.
   * @param takeBack throws when that was not possible; then it can be tried again.
   */
  function offer(text: string, takeBack: () => Promise<unknown>): void {
    const run = async (): Promise<void> => {
      try {
        await takeBack()
      } catch {
        const action = { label: t('failure.retry'), run: () => void run() }
        toasts.show({ text: t('notUndone', { text }), isFailure: true, action })
      }
      revision.value += 1
    }
    toasts.show({ text, action: { label: t('undo'), run: () => void run() } })
  }

  return { revision, offer }
})

import type { Ref } from 'vue'
import { nextTick, ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { client } from '../../client.ts'
import { allDrawn } from '../../components/charts/draw-in-turn.ts'
import { useSaveFile } from '../../composables/use-save-file.ts'
import { useSettings } from '../../stores/settings.ts'

export type ReportFormat = 'pdf' | 'png'

/** For the sizes of charts to follow the page's: they wait until it has stopped changing. */
const SETTLE_MS = 400

/**
 * Saves the dashboard as a report: as it is arranged, in the light theme and as wide as a sheet of paper, with what it
 * is about at its head. Meanwhile a veil hides that the page looks so.
 */
export function useReport(): {
  isMaking: Ref<boolean>
  /** Epoch ms. */
  madeAt: Ref<number>
  save: (format: ReportFormat) => Promise<void>
} {
  const { t } = useI18n()
  const settings = useSettings()
  const saveFile = useSaveFile()
  const isMaking = ref(false)
  const madeAt = ref(0)

  async function onPaper<T>(format: ReportFormat, take: () => Promise<T>): Promise<T> {
    const { classList, style } = document.documentElement
    const content = document.getElementById('content')
    const scrolledTo = content?.scrollTop ?? 0
    madeAt.value = Date.now()
    isMaking.value = true
    // In the colours of now: what is under it changes.
    const { backgroundColor, color } = getComputedStyle(document.body)
    style.setProperty('--veil', backgroundColor)
    style.setProperty('--veil-text', color)
    style.setProperty('--veil-height', `${window.innerHeight}px`)
    classList.add('report', `report--${format}`)
    settings.isOnPaper = true
    try {
      await nextTick()
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
      // Whoever asks last is drawn last.
      await allDrawn()
      await new Promise((resolve) => requestAnimationFrame(resolve))
      return await take()
    } finally {
      settings.isOnPaper = false
      classList.remove('report', `report--${format}`)
      await nextTick()
      content?.scrollTo(0, scrolledTo)
      // The veil stays until the page looks as it did.
      await allDrawn()
      isMaking.value = false
    }
  }

  return {
    isMaking,
    madeAt,
    async save(format) {
      if (isMaking.value) return
      await saveFile({
        name: 'dashboard',
        title: t('dashboard.title'),
        make: () =>
          onPaper(format, async () => {
            const content = await client.files.capture(
              format === 'pdf' ? { type: 'application/pdf' } : { type: 'image/png', area: sheet() },
            )
            return [format === 'pdf' ? 'application/pdf' : 'image/png', content] as const
          }),
      })
    },
  }
}

/** Where the sheet lies: of a picture, below the veil. */
function sheet(): { x: number; y: number; width: number; height: number } {
  const box = document.querySelector('[data-report]')?.getBoundingClientRect() ?? new DOMRect()
  return {
    x: Math.round(box.left + window.scrollX),
    y: Math.round(box.top + window.scrollY),
    width: Math.round(box.width),
    height: Math.round(box.height),
  }
}

import type { Ref } from 'vue'
import { nextTick, ref, watch } from 'vue'
import { useSettings } from '../../stores/settings.ts'
import type { ChartTheme } from './chart-theme.ts'
import { readChartTheme } from './chart-theme.ts'

/** The theme's colours, which change with it. */
export function useChartTheme(): Ref<ChartTheme> {
  const settings = useSettings()
  const theme = ref(readChartTheme())
  watch(
    () => settings.isDark,
    async () => {
      // The page has them only once it is drawn.
      await nextTick()
      theme.value = readChartTheme()
    },
  )
  return theme
}

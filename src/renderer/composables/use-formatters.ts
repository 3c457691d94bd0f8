import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Formatters } from '../format/formatters.ts'
import { formattersOf } from '../format/formatters.ts'

/** Formatters of the language on screen. */
export function useFormatters(): ComputedRef<Formatters> {
  const { locale } = useI18n()
  return computed(() => formattersOf(locale.value === 'zh-CN' ? 'zh-CN' : 'en'))
}

import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Condition } from '#shared/contract/alerts/rules.ts'
import { useFormatters } from '../../composables/use-formatters.ts'
import { showInvisible } from '../../format/show-invisible.ts'
import { formatMetric, METRIC_FACTS } from './metrics.ts'

export const COMPARISON_SIGNS = { gt: '>', gte: '≥', lt: '<', lte: '≤' } as const

/** Says conditions in words, such as `Failure rate > 5% · 5 min`. */
export function useConditionText(): ComputedRef<(condition: Condition) => string> {
  const { t } = useI18n()
  const formatters = useFormatters()
  return computed(() => (condition: Condition) => {
    const { metric, comparison, threshold, windowMinutes, compareTo, errorType } = condition
    const value = formatMetric(threshold, metric, formatters.value, { isChange: compareTo !== undefined })
    const sign = COMPARISON_SIGNS[comparison]
    const name = errorType
      ? `${t(METRIC_FACTS[metric].label)} (${showInvisible(errorType)})`
      : t(METRIC_FACTS[metric].label)
    // A budget has a period of its own.
    const window = metric === 'budgetUsedPercent' ? '' : ` · ${formatters.value.minutes(windowMinutes)}`
    if (compareTo === undefined) return `${name} ${sign} ${value}${window}`
    const then = t(compareTo === 'yesterday' ? 'alerts.vsYesterday' : 'alerts.vsLastWeek')
    return `${name} ${sign} ${threshold > 0 ? '+' : ''}${value} ${then}${window}`
  })
}

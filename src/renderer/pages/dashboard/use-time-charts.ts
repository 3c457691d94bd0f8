import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { BudgetWithStatus } from '#shared/contract/budgets.ts'
import type { Series, Summary } from '#shared/contract/monitoring.ts'
import {
  costSeries,
  requestSeries,
  responseTimeSeries,
  tokenSeries,
  uncachedOf,
} from '../../components/charts/call-series.ts'
import { barOptions, lineOptions } from '../../components/charts/chart-options.ts'
import { useChartTheme } from '../../components/charts/use-chart-theme.ts'
import type { LabelFilter } from '../../composables/call-filter.ts'
import { useFormatters } from '../../composables/use-formatters.ts'
import { useSettings } from '../../stores/settings.ts'
import { budgetPace } from './budget-pace.ts'

/** What the charts over time are drawn of, by the panel that they are in. Without data they hold their place. */
export function useTimeCharts(given: {
  series: () => Series | undefined
  summary: () => Summary | undefined
  budgets: () => readonly BudgetWithStatus[]
  filter: () => LabelFilter
}) {
  const { t } = useI18n()
  const formatters = useFormatters()
  const settings = useSettings()
  const theme = useChartTheme()
  const looks = computed(() => ({
    format: formatters.value,
    theme: theme.value,
    hasPatterns: settings.settings.chartPatterns,
  }))

  const responseTime = computed(() => {
    const names = { requests: t('dashboard.requestsOverTime'), errors: t('dashboard.failed') }
    const series = responseTimeSeries(given.series(), looks.value, names)
    const { duration, durationTick } = formatters.value
    const { p50Ms = null, p95Ms = null, p99Ms = null } = given.summary() ?? {}
    const description = t('dashboard.responseTimeChart')
    return {
      name: 'response-time',
      title: t('dashboard.responseTime'),
      description,
      series,
      option: lineOptions(series, { ...looks.value, description, axisText: durationTick }),
      legend: [
        { name: 'P50', color: theme.value.p50, value: duration(p50Ms) },
        { name: 'P95', color: theme.value.p95, value: duration(p95Ms) },
        { name: 'P99', color: theme.value.p99, value: duration(p99Ms) },
      ],
    }
  })
  const requests = computed(() => {
    const names = { success: t('dashboard.succeeded'), errors: t('dashboard.failed') }
    const series = requestSeries(given.series(), looks.value, names)
    const { count, compact } = formatters.value
    const { success = null, errors = null } = given.summary() ?? {}
    const description = t('dashboard.requestsChart')
    return {
      name: 'requests',
      title: t('dashboard.requestsOverTime'),
      description,
      series,
      option: barOptions(series, { ...looks.value, description, axisText: compact, minInterval: 1 }),
      legend: [
        { name: names.success, color: theme.value.ok, value: count(success) },
        { name: names.errors, color: theme.value.error, value: count(errors) },
      ],
    }
  })
  const tokens = computed(() => {
    const names = {
      input: t('dashboard.tokensIn'),
      cached: t('dashboard.tokensCached'),
      output: t('dashboard.tokensOut'),
    }
    const series = tokenSeries(given.series(), looks.value, names)
    const { compact } = formatters.value
    const summary = given.summary()
    const uncached = summary ? uncachedOf(summary.inputTokens, summary.cachedInputTokens) : null
    const description = t('dashboard.tokensChart')
    return {
      name: 'tokens',
      title: t('dashboard.tokens'),
      description,
      series,
      option: barOptions(series, { ...looks.value, description, axisText: compact, minInterval: 1 }),
      legend: [
        { name: names.input, color: theme.value.input, value: compact(uncached) },
        {
          name: names.cached,
          color: theme.value.cached,
          value: compact(summary?.cachedInputTokens ?? null),
        },
        { name: names.output, color: theme.value.output, value: compact(summary?.outputTokens ?? null) },
      ],
    }
  })
  const cost = computed(() => {
    const {
      costNanos = 0,
      currency = 'USD',
      requests: calls = 0,
      unpricedRequests = 0,
    } = given.summary() ?? {}
    // Calls without a price are not free.
    const spentNanos = calls > unpricedRequests ? costNanos : null
    const name = t('dashboard.cost')
    const money = (units: number) => formatters.value.cost(Math.round(units * 1e9), currency)
    const pace = budgetPace(given.budgets(), given.filter(), given.series()?.bucketMs ?? 0)
    const limit = pace && {
      value: pace.units,
      text: t('dashboard.budgetLine', {
        amount: money(pace.budget.amount),
        period: t(PERIODS[pace.budget.period]),
      }),
    }
    const series = costSeries(given.series(), looks.value, {
      name,
      currency,
      ...(pace ? { budget: { name: t('dashboard.budgetPace'), units: pace.units } } : {}),
    })
    const description = [t('dashboard.costChart'), ...(limit ? [limit.text] : [])].join(' ')
    return {
      name: 'cost',
      title: name,
      description,
      series,
      option: barOptions(series, { ...looks.value, description, axisText: money, limit }),
      legend: [{ name, color: theme.value.cost, value: formatters.value.cost(spentNanos, currency) }],
    }
  })

  return { 'response-time': responseTime, requests, tokens, cost } satisfies Record<
    string,
    ComputedRef<object>
  >
}

const PERIODS = { day: 'budgets.day', week: 'budgets.week', month: 'budgets.month' } as const

import type { Metric } from '#shared/contract/alerts/rules.ts'
import type { Language } from '#shared/language.ts'

const RATES: ReadonlySet<string> = new Set<Metric>(['failureRate', 'feedbackNegativeRate'])
const COSTS: ReadonlySet<string> = new Set<Metric>(['cost', 'costPerUser'])

/**
 * A metric's value with its unit: `12.5%`, `1.84 s`, `$3.20`.
 *
 * @param value as the contract has it: rates 0–1, durations in ms, costs in units of the base currency.
 */
export function formatValue(metric: string, value: number, language: Language, currency: string): string {
  const show = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language, options).format(value)
  if (RATES.has(metric)) return show({ style: 'percent', maximumFractionDigits: 2 })
  if (metric === 'budgetUsedPercent') return `${show({ maximumFractionDigits: 1 })}%`
  if (COSTS.has(metric)) return show({ style: 'currency', currency, ...costDigits(value) })
  if (metric.endsWith('Ms')) return formatDuration(value, language)
  return show({ maximumFractionDigits: 2 })
}

/** How much a metric differs from an earlier window: `+120%`. */
export function formatChange(percent: number, language: Language): string {
  const options = { signDisplay: 'exceptZero', maximumFractionDigits: 1 } as const
  return `${new Intl.NumberFormat(language, options).format(percent)}%`
}

/** In one or two units: `842 ms`, `1.84 s`, `2 min 5 s`, `1 h 2 min`, `3 d 4 h`. */
export function formatDuration(milliseconds: number, language: Language): string {
  const round = (value: number) => new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(value)
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_995) return `${round(milliseconds / 1_000)} s`
  const seconds = Math.round(milliseconds / 1_000)
  if (seconds < 3_600) return pair(seconds, 60, 'min', 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 24 * 60) return pair(minutes, 60, 'h', 'min')
  return pair(Math.round(minutes / 60), 24, 'd', 'h')
}

function pair(total: number, size: number, large: string, small: string): string {
  const rest = total % size
  return `${Math.floor(total / size)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`
}

function costDigits(value: number): Intl.NumberFormatOptions {
  const isSmall = value !== 0 && Math.abs(value) < 0.1
  return isSmall
    ? { minimumSignificantDigits: 2, maximumSignificantDigits: 2 }
    : { minimumFractionDigits: 2, maximumFractionDigits: 2 }
}

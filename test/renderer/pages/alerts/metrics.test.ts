import { describe, expect, test } from 'vitest'
import { METRICS } from '#shared/contract/alerts/rules.ts'
import { createFormatters } from '../../../../src/renderer/format/formatters.ts'
import { entryFactor, formatMetric, METRIC_FACTS } from '../../../../src/renderer/pages/alerts/metrics.ts'

const format = createFormatters('en')

test('every metric of the contract has a name and a unit', () => {
  expect(Object.keys(METRIC_FACTS).sort()).toEqual([...METRICS].sort())
})

describe('formatMetric', () => {
  test.each([
    ['failureRate', 0.0512, '5.12%'],
    ['feedbackNegativeRate', 0.3, '30%'],
    ['durationP95Ms', 1840, '1.84 s'],
    ['ttftP95Ms', 420, '420 ms'],
    ['requests', 12_408, '12,408'],
    ['cost', 12.5, '$12.50'],
    ['budgetUsedPercent', 104.2, '104.2%'],
    ['feedbackAverage', 3.26, '3.3'],
    ['a metric of a newer version', 7, '7'],
    ['cost', null, '—'],
  ])('%s %s is %s', (metric, value, text) => {
    expect(formatMetric(value, metric, format)).toBe(text)
  })

  test('a change is in percent, whatever changes', () => {
    expect(formatMetric(100, 'durationP95Ms', format, { isChange: true })).toBe('100%')
    expect(formatMetric(-12.5, 'failureRate', format, { isChange: true })).toBe('-12.5%')
  })
})

test('shares are entered in percent, unless they are compared with another time', () => {
  expect(entryFactor('failureRate', false)).toBe(100)
  expect(entryFactor('failureRate', true)).toBe(1)
  expect(entryFactor('durationAvgMs', false)).toBe(1)
})

import { describe, expect, test } from 'vitest'
import { createFormatters, NONE } from '../../../src/renderer/format/formatters.ts'

const en = createFormatters('en')
const zh = createFormatters('zh-CN')

describe('formatters', () => {
  test('no two labels of an axis of durations read alike, however short these are', () => {
    const ticks = (step: number) => [0, 1, 2, 3, 4].map((place) => en.durationTick(place * step))
    expect(ticks(0.3)).toEqual(['0', '0.3 ms', '0.6 ms', '0.9 ms', '1.2 ms'])
    for (const step of [0.05, 0.1, 0.5, 1, 2, 30, 300, 500, 2_000]) expect(new Set(ticks(step)).size).toBe(5)
  })

  test.each([
    [0, '0 ms'],
    [0.25, '0.3 ms'],
    [9.94, '9.9 ms'],
    [842.4, '842 ms'],
    [999.6, '1.00 s'],
    [1_840, '1.84 s'],
    [9_996, '10.0 s'],
    [14_000, '14.0 s'],
    [35_366.7, '35.4 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
    [3_599_600, '1 h 0 min'],
    [3_723_000, '1 h 2 min'],
    [5_400_000_000, '1,500 h 0 min'],
  ])('a duration of %d ms is %s', (milliseconds, text) => {
    expect(en.duration(milliseconds)).toBe(text)
  })

  test.each([
    [0, '0 ms'],
    [250, '250 ms'],
    [2_000, '2 s'],
    [1_500, '1.5 s'],
    [14_000, '14 s'],
    [125_000, '2 min 5 s'],
  ])('a duration of %d ms that was chosen is %s', (milliseconds, text) => {
    expect(en.plainDuration(milliseconds)).toBe(text)
  })

  test.each([
    [1, '1 min', '1\u00a0分钟'],
    [90, '90 min', '90\u00a0分钟'],
    [120, '2 hr', '2\u00a0小时'],
    [1_440, '1 day', '1\u00a0天'],
    [0.5, '0.5 min', '0.5\u00a0分钟'],
  ])('a span of %d minutes is %s', (minutes, english, chinese) => {
    expect(en.minutes(minutes)).toBe(english)
    expect(zh.minutes(minutes)).toBe(chinese)
  })

  test.each([
    [0, '$0.00'],
    [4_200_000, '$0.0042'],
    [123, '$0.00000012'],
    [2_100_000_000, '$2.10'],
    [1_234_567_890_000, '$1,234.57'],
  ])('%d nanos are %s', (nanos, text) => {
    expect(en.cost(nanos, 'USD')).toBe(text)
  })

  test.each([
    [3, '$3.00'],
    [0, '$0.00'],
    [0.075, '$0.075'],
    [0.0000004, '$0.00'],
    [0.003625, '$0.003625'],
  ])('a price of %d is %s', (amount, text) => {
    expect(en.price(amount, 'USD')).toBe(text)
    expect(zh.price(amount, 'CNY')).toBe(text.replace('$', '¥'))
  })

  test('a share is never rounded up to the whole', () => {
    expect(en.percent(0.99999)).toBe('99.99%')
    expect(en.percent(1)).toBe('100%')
    expect(en.percent(0)).toBe('0%')
  })

  test('large numbers are short in the manner of each language', () => {
    expect(en.compact(999)).toBe('999')
    expect(en.compact(12_400)).toBe('12.4K')
    expect(zh.compact(4_216)).toBe('4,216')
    expect(zh.compact(12_400)).toBe('1.2万')
    expect(en.count(1_234_567)).toBe('1,234,567')
  })

  test('what is not known is a dash, not a zero', () => {
    for (const text of [
      en.count(null),
      en.compact(null),
      en.percent(null),
      en.duration(null),
      en.cost(null, 'USD'),
      en.price(null, 'USD'),
    ]) {
      expect(text).toBe(NONE)
    }
  })

  test('a time of another day says which', () => {
    const now = new Date(2026, 10, 24, 12, 0, 0).getTime()
    expect(en.time(new Date(2026, 10, 24, 9, 5, 7).getTime(), now)).toBe('09:05:07')
    expect(en.time(new Date(2026, 10, 23, 9, 5, 7).getTime(), now)).toContain('Nov 23')
    expect(zh.time(new Date(2026, 10, 23, 9, 5, 7).getTime(), now)).toContain('11月23日')
  })

  test.each([
    [0, '0s ago', '0\u00a0秒前'],
    [3_999, '3s ago', '3\u00a0秒前'],
    [61_000, '1m ago', '1\u00a0分钟前'],
    [7_200_000, '2h ago', '2\u00a0小时前'],
    [3 * 86_400_000, '3d ago', '3\u00a0天前'],
    [-5_000, '0s ago', '0\u00a0秒前'],
  ])('what was %d ms before is %s', (elapsedMs, english, chinese) => {
    const now = Date.UTC(2026, 0, 1)
    expect(en.ago(now - elapsedMs, now)).toBe(english)
    expect(zh.ago(now - elapsedMs, now)).toBe(chinese)
  })

  test.each([
    [0.0321, '3.2%'],
    [0.0995, '10%'],
    [0.484, '48%'],
    [9.99, '999%'],
    [9.995, '>999%'],
    [5_000, '>999%'],
  ])('a change by %d of what it was is %s', (share, text) => {
    expect(en.change(share)).toBe(text)
  })

  test('several texts are one', () => {
    expect(en.list(['P50 1 s', 'P95 2 s', 'P99 3 s'])).toBe('P50 1 s, P95 2 s, P99 3 s')
    expect(zh.list(['成功 3', '失败 1'])).toBe('成功 3、失败 1')
  })

  test('a span says the day once', () => {
    const at = (hour: number, day = 24) => new Date(2026, 10, day, hour, 0, 0).getTime()
    expect(en.span(at(8), at(9))).toBe('Nov 24, 08:00 – 09:00')
    expect(en.span(at(23), at(0, 25))).toContain('Nov 25')
    expect(zh.span(at(8), at(9))).toBe('11月24日 08:00 – 09:00')
    expect(en.span(at(8), at(8) + 10_000)).toBe('Nov 24, 08:00:00 – 08:00:10')
  })

  test('an axis shows times, and the day where it begins', () => {
    const hour = 3_600_000
    expect(en.axisTime(new Date(2026, 10, 24, 6).getTime(), hour)).toBe('06:00')
    expect(en.axisTime(new Date(2026, 10, 24, 0).getTime(), hour)).toBe('Nov 24')
    expect(en.axisTime(new Date(2026, 10, 24, 6).getTime(), 24 * hour)).toBe('Nov 24')
    expect(zh.axisTime(new Date(2026, 10, 24, 0).getTime(), hour)).toBe('11月24日')
  })
})

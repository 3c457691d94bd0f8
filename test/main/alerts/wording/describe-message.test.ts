import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Wording } from '../../../../src/main/alerts/wording/describe-message.ts'
import { bodyLines, describeMessage } from '../../../../src/main/alerts/wording/describe-message.ts'
import { fillTemplate } from '../../../../src/main/alerts/wording/fill-template.ts'
import { formatDuration, formatValue } from '../../../../src/main/alerts/wording/format-value.ts'
import { oneLine, shorten, shortenBytes } from '../../../../src/main/alerts/wording/one-line.ts'
import { makeMessage, makeRecord, NOW } from '../make-message.ts'

const en: Wording = { language: 'en', currency: 'USD', timeZone: 'UTC' }
const zh: Wording = { language: 'zh-CN', currency: 'CNY', timeZone: 'Asia/Shanghai' }

test('says what fires, where, how far, and since when, in English and in Chinese', () => {
  const message = makeMessage()
  const english = describeMessage(message, en)
  expect(english.title).toBe('[Firing] Critical Too many failures · app = checkout-bot')
  expect(bodyLines(english)).toEqual([
    'Failure rate: 12.5% (threshold 5%)',
    'Since: May 1, 2026, 11:58:00 AM',
  ])
  const chinese = describeMessage(message, zh)
  expect(chinese.title).toBe('[告警] 严重 Too many failures · app = checkout-bot')
  expect(bodyLines(chinese)).toEqual(['失败率：12.5%（阈值 5%）', '开始于：2026年5月1日 19:58:00'])
})

test('a rule that compares says so, and shows changes', () => {
  const message = makeMessage({
    rule: { id: 'r', name: 'P95 doubled', description: '', severity: 'warning', compareTo: 'lastWeek' },
    records: [makeRecord({ metric: 'durationP95Ms', threshold: 100, lastValue: 130.5 })],
  })
  expect(bodyLines(describeMessage(message, en))[0]).toBe(
    'P95 response time (compared with a week ago): +130.5% (threshold +100%)',
  )
  expect(bodyLines(describeMessage(message, zh))[0]).toBe('P95 响应时间（较上周同期）：+130.5%（阈值 +100%）')
  expect(fillTemplate('{value}', message, en)).toBe('+130.5%')
})

test('a recovery says how long it lasted', () => {
  const record = makeRecord({ state: 'resolved', resolvedAt: NOW + 65_000, lastValue: 0.01 })
  const text = describeMessage(makeMessage({ event: 'resolved', records: [record] }), en)
  expect(text.title).toBe('[Resolved] Too many failures · app = checkout-bot')
  expect(bodyLines(text).at(-1)).toBe('Lasted: 3 min 5 s')
})

test('many instances become a digest that names some and counts the rest', () => {
  const records = Array.from({ length: 20 }, (_, index) =>
    makeRecord({ labels: { app: `app-${index}` }, lastValue: index / 100 }),
  )
  const text = describeMessage(makeMessage({ records, recordCount: 500 }), en)
  expect(text.title).toBe('[Firing] Critical Too many failures (500 instances)')
  expect(text.digest).toHaveLength(11)
  expect(text.digest[1]).toBe('app = app-1: Failure rate: 1% (threshold 5%)')
  expect(text.digest.at(-1)).toBe('and 490 more')
})

test('a test says that it is one', () => {
  expect(describeMessage(makeMessage({ event: 'test' }), en).lines[0]).toBe(
    'This is a test. Nothing is wrong.',
  )
  expect(describeMessage(makeMessage({ event: 'test' }), zh).title).toContain('[测试]')
})

test("the words of a rule's template stand in place of the console's", () => {
  expect(bodyLines(describeMessage(makeMessage({ text: 'Call\nBob' }), en))).toEqual(['Call', 'Bob'])
})

test('a template is filled in one pass, and what is no field stays', () => {
  const record = makeRecord({ labels: { app: '{rule}' } })
  const template =
    '{rule}/{severity}/{labels}/{metric}/{value}/{threshold}/{count}/{startedAt}/{link}/{other}'
  expect(fillTemplate(template, makeMessage({ records: [record] }), en)).toBe(
    'Too many failures/Critical/app = {rule}/Failure rate/12.5%/5%/1/May 1, 2026, 11:58:00 AM/' +
      'llmops://alerts/records/record-1/{other}',
  )
})

test.each([
  ['failureRate', 0.1234, '12.34%'],
  ['durationP95Ms', 842, '842 ms'],
  ['durationP95Ms', 1_840, '1.84 s'],
  ['cost', 3.2, '$3.20'],
  ['cost', 0.00123, '$0.0012'],
  ['budgetUsedPercent', 82.5, '82.5%'],
  ['totalTokens', 1_234_567, '1,234,567'],
  ['feedbackAverage', 3.456, '3.46'],
])('%s %d reads %s', (metric, value, text) => expect(formatValue(metric, value, 'en', 'USD')).toBe(text))

test.each([
  [59_999, '1 min'],
  [125_000, '2 min 5 s'],
  [3_720_000, '1 h 2 min'],
  [100 * 3_600_000, '4 d 4 h'],
])('%d ms reads %s', (ms, text) => expect(formatDuration(ms, 'en')).toBe(text))

test('cut text is as long as said, and whole', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 4, max: 60 }), (text, length) => {
      expect(shorten(text, length).length).toBeLessThanOrEqual(length)
      const cut = shortenBytes(text, length)
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(length)
      expect(cut.isWellFormed()).toBe(true)
      if (Buffer.byteLength(text) <= length) expect(cut).toBe(text)
    }),
  )
})

test('one line is one line, and reads in one direction', () => {
  expect(oneLine('a\r\nb\u2028c\u202Ed\0')).toBe('a b c d')
})

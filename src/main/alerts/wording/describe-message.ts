import type { Language } from '#shared/language.ts'
import { formatChange, formatDuration, formatValue } from './format-value.ts'
import { oneLine } from './one-line.ts'
import type { Words } from './words.ts'
import { WORDS } from './words.ts'
import type { AlertMessage, AlertMessageRecord } from '../message.ts'

/** A message in words, for channels to lay out in their own way. All of it is plain text. */
export interface MessageText {
  /** One line: what happened to which rule, and where. */
  title: string
  /** Why, one line each. */
  lines: string[]
  /** Facts of single records, if there are several of them. */
  digest: string[]
}

/** How values are shown. */
export interface Wording {
  language: Language
  /** ISO 4217: what costs are in. */
  currency: string
  /** IANA name; absent: the system's. */
  timeZone?: string | undefined
}

/** Records of a digest that are named; the rest is counted. */
const NAMED_RECORDS = 10

/** Says a message in the user's language, or with the words of the rule's template if it has one. */
export function describeMessage(message: AlertMessage, wording: Wording): MessageText {
  const words = WORDS[wording.language]
  const [first] = message.records
  const isDigest = message.recordCount > 1
  const subject = isDigest
    ? `${oneLine(message.rule.name)}${words.aside(words.instances(message.recordCount))}`
    : [oneLine(message.rule.name), first ? describeLabels(first, words) : ''].filter(Boolean).join(' · ')
  const severity = message.event === 'resolved' ? '' : ` ${words.severity[message.rule.severity]}`
  const title = `[${words.event[message.event]}]${severity} ${subject}`
  const note = message.event === 'test' ? [words.testNote] : []
  if (message.text !== null) return { title, lines: [...note, ...linesOf(message.text)], digest: [] }
  const description = linesOf(message.rule.description)
  if (!first) return { title, lines: [...note, ...description], digest: [] }
  if (!isDigest)
    return { title, lines: [...note, ...facts(message, first, wording), ...description], digest: [] }
  const named = message.records.slice(0, NAMED_RECORDS)
  const rest = message.recordCount - named.length
  return {
    title,
    lines: [...note, ...description],
    digest: [
      ...named.map((record) => {
        const labels = describeLabels(record, words) || oneLine(message.rule.name)
        return `${labels}${words.colon}${measured(message, record, wording)}`
      }),
      ...(rest > 0 ? [words.more(rest)] : []),
    ],
  }
}

/** Lines as they were written, each without what a line cannot hold. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/\r?\n/).map(oneLine)
}

/** All lines of a message's text, one below the other. */
export function bodyLines({ lines, digest }: MessageText): string[] {
  return [...lines, ...digest.map((line) => `• ${line}`)]
}

/** `app = checkout, model = gpt-5`, on one line. */
export function describeLabels(record: Pick<AlertMessageRecord, 'labels'>, { separator }: Words): string {
  return Object.entries(record.labels)
    .map(([name, value]) => `${oneLine(name)} = ${oneLine(value)}`)
    .join(separator)
}

/** An instant in the user's zone, to the second. */
export function formatInstant(epochMs: number, { language, timeZone }: Wording): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', timeZone }).format(
    epochMs,
  )
}

function facts(message: AlertMessage, record: AlertMessageRecord, wording: Wording): string[] {
  const words = WORDS[wording.language]
  const since = `${words.since}${words.colon}${formatInstant(record.startedAt, wording)}`
  if (message.event !== 'resolved') return [measured(message, record, wording), since]
  const endedAt = record.resolvedAt ?? message.createdAt
  const lasted = formatDuration(Math.max(0, endedAt - record.startedAt), wording.language)
  return [measured(message, record, wording), since, `${words.lasted}${words.colon}${lasted}`]
}

/** `Failure rate: 12.5% (threshold 5%)` */
function measured(
  { rule }: Pick<AlertMessage, 'rule'>,
  record: AlertMessageRecord,
  wording: Wording,
): string {
  const words = WORDS[wording.language]
  const show = (value: number | null) => showValue(rule, record, value, wording)
  const what = measuredName(rule, record, wording)
  return `${what}${words.colon}${show(record.lastValue)}${words.aside(`${words.threshold} ${show(record.threshold)}`)}`
}

/** A value of a record with its unit, or, where the rule compares, as a change. */
export function showValue(
  rule: AlertMessage['rule'],
  { metric }: AlertMessageRecord,
  value: number | null,
  { language, currency }: Wording,
): string {
  if (value === null) return WORDS[language].noData
  return rule.compareTo === undefined
    ? formatValue(metric, value, language, currency)
    : formatChange(value, language)
}

/** What a record measures, in words. A metric that is not known any more keeps its own name. */
export function measuredName(
  { compareTo }: AlertMessage['rule'],
  { metric }: AlertMessageRecord,
  { language }: Wording,
): string {
  const words = WORDS[language]
  const name = Object.hasOwn(words.metric, metric)
    ? words.metric[metric as keyof Words['metric']]
    : oneLine(metric)
  return compareTo === undefined ? name : `${name}${words.aside(words.comparedWith[compareTo])}`
}

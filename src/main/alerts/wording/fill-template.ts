import type { Wording } from './describe-message.ts'
import { describeLabels, formatInstant, measuredName, showValue } from './describe-message.ts'
import { recordLink } from './record-link.ts'
import { WORDS } from './words.ts'
import type { AlertMessage } from '../message.ts'

/** What a rule's message template may name in braces. */
type TemplateField =
  'rule' | 'severity' | 'labels' | 'value' | 'threshold' | 'metric' | 'count' | 'startedAt' | 'link'

/**
 * Fills the fields of a rule's message template in, in one pass: what an app put into a label is not read as a field.
 * What is not a field stays as it is.
 */
export function fillTemplate(
  template: string,
  message: Omit<AlertMessage, 'text'>,
  wording: Wording,
): string {
  const fields = templateFields(message, wording)
  return template.replace(/\{([A-Za-z]{1,40})\}/g, (piece, name: string) =>
    Object.hasOwn(fields, name) ? fields[name as TemplateField] : piece,
  )
}

/** The fields of the first of a message's records. */
export function templateFields(
  { rule, records, recordCount }: Omit<AlertMessage, 'text'>,
  wording: Wording,
): Record<TemplateField, string> {
  const words = WORDS[wording.language]
  const [record] = records
  const show = (value: number | null) =>
    record === undefined ? words.noData : showValue(rule, record, value, wording)
  return {
    rule: rule.name,
    severity: words.severity[rule.severity],
    labels: record ? describeLabels(record, words) : '',
    value: show(record?.lastValue ?? null),
    threshold: show(record?.threshold ?? null),
    metric: record ? measuredName(rule, record, wording) : '',
    count: String(recordCount),
    startedAt: record ? formatInstant(record.startedAt, wording) : '',
    link: record ? recordLink(record.id) : '',
  }
}

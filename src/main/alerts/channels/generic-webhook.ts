import { createHmac } from 'node:crypto'
import type { BodyTemplateValues } from '#shared/contract/alerts/body-template.ts'
import { fillBodyTemplate } from '#shared/contract/alerts/body-template.ts'
import type { WebhookDialect } from './webhook-dialect.ts'
import type { AlertMessage } from '../message.ts'
import type { Wording } from '../wording/describe-message.ts'
import { bodyLines, describeMessage } from '../wording/describe-message.ts'
import { templateFields } from '../wording/fill-template.ts'

/**
 * The console's own JSON: `{deliveryId, event, rule, records}`, or what the user's template makes of it. With a secret,
 * `X-LLMOps-Signature: sha256=<hex>` is the HMAC-SHA256 of the body as it was sent, byte for byte.
 */
export const genericWebhook: WebhookDialect = {
  write(message, { url, secret, bodyTemplate }, context) {
    const body =
      bodyTemplate === ''
        ? JSON.stringify(plainBody(message))
        : fillBodyTemplate(bodyTemplate, templateValues(message, context))
    const headers: Record<string, string> = { 'X-LLMOps-Delivery': message.deliveryId }
    if (secret !== '') headers['X-LLMOps-Signature'] = signBody(body, secret)
    return { url, headers, body }
  },
}

function signBody(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}

function plainBody({ deliveryId, event, rule, records, recordCount, text, createdAt }: AlertMessage) {
  return { deliveryId, event, rule, records, recordCount, text, createdAt }
}

function templateValues(message: AlertMessage, wording: Wording): BodyTemplateValues {
  const [record] = message.records
  const text = describeMessage(message, wording)
  const fields = templateFields(message, wording)
  const same = (value: string) => ({ text: value, json: value })
  return {
    deliveryId: same(message.deliveryId),
    event: same(message.event),
    title: same(text.title),
    text: same(bodyLines(text).join('\n')),
    rule: same(message.rule.name),
    ruleId: same(message.rule.id),
    severity: { text: fields.severity, json: message.rule.severity },
    labels: { text: fields.labels, json: record?.labels ?? {} },
    metric: { text: fields.metric, json: record?.metric ?? null },
    value: { text: fields.value, json: record?.lastValue ?? null },
    threshold: { text: fields.threshold, json: record?.threshold ?? null },
    count: { text: fields.count, json: message.recordCount },
    startedAt: { text: fields.startedAt, json: record?.startedAt ?? null },
    link: same(fields.link),
    records: { text: JSON.stringify(message.records), json: message.records },
  }
}

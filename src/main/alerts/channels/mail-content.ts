import { readMailAddress } from '#shared/contract/alerts/mail-address.ts'
import type { AlertMessage } from '../message.ts'
import type { Wording } from '../wording/describe-message.ts'
import { bodyLines, describeMessage } from '../wording/describe-message.ts'
import { recordLink } from '../wording/record-link.ts'
import { oneLine, shorten } from '../wording/one-line.ts'

const SUBJECT_LENGTH = 200

const COLOURS = { resolved: '#2e9e5b', info: '#2563eb', warning: '#b45309', critical: '#dc2626' }

/** A message as an e-mail: the same words as text and as HTML, in which everything is escaped. */
export function mailContent(
  message: AlertMessage,
  { from, to }: { from: string; to: string[] },
  wording: Wording,
) {
  const text = describeMessage(message, wording)
  const lines = bodyLines(text)
  const [record] = message.records
  const link = record && message.event !== 'test' ? recordLink(record.id) : ''
  return {
    from: readMailAddress(from),
    to: to.flatMap((address) => readMailAddress(address) ?? []),
    subject: shorten(oneLine(text.title), SUBJECT_LENGTH),
    text: [text.title, '', ...lines, ...(link === '' ? [] : ['', link])].join('\n'),
    html: html(message, text.title, lines, link),
    messageId: `<${message.deliveryId}@llmops-console.invalid>`,
    headers: { 'X-Llmops-Delivery': message.deliveryId, 'Auto-Submitted': 'auto-generated' },
  }
}

function html(message: AlertMessage, title: string, lines: readonly string[], link: string): string {
  const colour = message.event === 'resolved' ? COLOURS.resolved : COLOURS[message.rule.severity]
  return [
    '<!doctype html><html><head><meta charset="utf-8"></head>',
    '<body style="font:14px/1.5 system-ui,sans-serif;color:#1f2328;background:#fff">',
    `<div style="border-left:4px solid ${colour};padding:4px 0 4px 16px">`,
    `<h1 style="font-size:16px;margin:0 0 8px">${escapeHtml(title)}</h1>`,
    ...lines.map((line) => `<p style="margin:0 0 4px;white-space:pre-wrap">${escapeHtml(line)}</p>`),
    link === '' ? '' : `<p style="margin:8px 0 0"><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></p>`,
    '</div></body></html>',
  ].join('\n')
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

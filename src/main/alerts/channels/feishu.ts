import { createHmac } from 'node:crypto'
import { readVendorCode } from './vendor-verdict.ts'
import type { WebhookDialect } from './webhook-dialect.ts'
import type { AlertMessage } from '../message.ts'
import { bodyLines, describeMessage } from '../wording/describe-message.ts'
import { shorten, shortenBytes } from '../wording/one-line.ts'

/** A request holds 20 KB; JSON and escapes take their share. */
const TEXT_BYTES = 9_000
const TITLE_LENGTH = 200

// More than 100 messages a minute or 5 a second; the open platform's own limit.
const PASSING: ReadonlySet<number> = new Set([11232, 99991400])

/**
 * A custom bot of Feishu or Lark, told by a card of plain text. Signed, the body carries `timestamp` (seconds, believed
 * for an hour) and `sign`: HMAC-SHA256 of nothing, with timestamp, line break and secret as key, in Base64. It answers
 * with a `code` (before: `StatusCode`); 19021 is a signature that does not fit.
 *
 * https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 */
export const feishu: WebhookDialect = {
  write(message, { url, secret }, context) {
    const text = describeMessage(message, context)
    const plain = (content: string) => ({ tag: 'plain_text', content })
    const lines = bodyLines(text).join('\n').trim()
    const card = {
      header: { title: plain(shorten(text.title, TITLE_LENGTH)), template: colour(message) },
      elements: [{ tag: 'div', text: plain(lines === '' ? text.title : shortenBytes(lines, TEXT_BYTES)) }],
    }
    const signature = secret === '' ? {} : sign(secret, Math.floor(context.now() / 1_000))
    return { url, body: JSON.stringify({ ...signature, msg_type: 'interactive', card }) }
  },
  readVerdict: (body) =>
    readVendorCode(body, { codes: ['code', 'StatusCode'], messages: ['msg', 'StatusMessage'] }, PASSING),
}

function sign(secret: string, seconds: number): { timestamp: string; sign: string } {
  const key = `${seconds}\n${secret}`
  return { timestamp: String(seconds), sign: createHmac('sha256', key).digest('base64') }
}

function colour({ event, rule }: AlertMessage): string {
  return event === 'resolved' ? 'green' : { info: 'blue', warning: 'orange', critical: 'red' }[rule.severity]
}

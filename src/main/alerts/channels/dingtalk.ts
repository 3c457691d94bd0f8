import { createHmac } from 'node:crypto'
import { readVendorCode } from './vendor-verdict.ts'
import type { WebhookDialect } from './webhook-dialect.ts'
import { bodyLines, describeMessage } from '../wording/describe-message.ts'
import { shortenBytes } from '../wording/one-line.ts'

/** A message holds 20,000 bytes; JSON and escapes take their share. */
const TEXT_BYTES = 12_000

// System busy; more than 20 messages a minute, by two codes.
const PASSING: ReadonlySet<number> = new Set([-1, 130101, 660026])

/**
 * A custom robot of DingTalk. `text` is not read as Markdown, so nothing in it is a link or a mention. Signed, the
 * address carries `timestamp` (ms, believed for an hour) and `sign`: HMAC-SHA256 with the secret as key, of timestamp,
 * line break and secret, in Base64. It answers 200 with an `errcode`; 310000 is a signature or keyword that does not fit.
 *
 * https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages,
 * https://open.dingtalk.com/document/orgapp/customize-robot-security-settings
 */
export const dingtalk: WebhookDialect = {
  write(message, { url, secret }, context) {
    const text = describeMessage(message, context)
    const content = shortenBytes([text.title, ...bodyLines(text)].join('\n'), TEXT_BYTES)
    return {
      url: secret === '' ? url : signedUrl(url, secret, context.now()),
      body: JSON.stringify({ msgtype: 'text', text: { content }, at: { isAtAll: false } }),
    }
  },
  readVerdict: (body) => readVendorCode(body, { codes: ['errcode'], messages: ['errmsg'] }, PASSING),
}

function signedUrl(address: string, secret: string, now: number): string {
  const url = new URL(address)
  const sign = createHmac('sha256', secret).update(`${now}\n${secret}`).digest('base64')
  url.searchParams.set('timestamp', String(now))
  url.searchParams.set('sign', sign)
  return url.href
}

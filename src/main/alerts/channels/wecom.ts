import { readVendorCode } from './vendor-verdict.ts'
import type { WebhookDialect } from './webhook-dialect.ts'
import type { AlertMessage } from '../message.ts'
import { bodyLines, describeMessage } from '../wording/describe-message.ts'
import { shorten, shortenBytes } from '../wording/one-line.ts'

/** Markdown holds 4,096 bytes. */
const CONTENT_BYTES = 4_096
const TITLE_LENGTH = 300

// System busy; more than 20 messages a minute; too many at once.
const PASSING: ReadonlySet<number> = new Set([-1, 45009, 45033])

/**
 * A group robot of WeCom. Its Markdown knows no escape, so what apps and users wrote has the characters of markup
 * replaced by their full-width likenesses. It answers 200 with an `errcode`; 93000 is an address that does not exist.
 *
 * https://developer.work.weixin.qq.com/document/path/91770
 */
export const wecom: WebhookDialect = {
  write(message, { url }, context) {
    const text = describeMessage(message, context)
    const title = `<font color="${colour(message)}">${defuse(shorten(text.title, TITLE_LENGTH))}</font>`
    const lines = bodyLines(text).map((line) => `> ${defuse(line)}`)
    const room = CONTENT_BYTES - Buffer.byteLength(title) - 1
    const content = lines.length === 0 ? title : `${title}\n${shortenBytes(lines.join('\n'), room)}`
    return { url, body: JSON.stringify({ msgtype: 'markdown', markdown: { content } }) }
  },
  readVerdict: (body) => readVendorCode(body, { codes: ['errcode'], messages: ['errmsg'] }, PASSING),
}

function defuse(text: string): string {
  return text.replace(/[<>[\]()`*_#@&]/g, (character) =>
    String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0),
  )
}

function colour({ event, rule }: AlertMessage): string {
  if (event === 'resolved') return 'info'
  return rule.severity === 'info' ? 'comment' : 'warning'
}

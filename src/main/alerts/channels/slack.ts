import type { WebhookDialect } from './webhook-dialect.ts'
import { bodyLines, describeMessage } from '../wording/describe-message.ts'
import { shorten } from '../wording/one-line.ts'

// https://docs.slack.dev/reference/block-kit/blocks: a header holds 150 characters of plain text, a section 3,000.
const HEADER_LENGTH = 150
const SECTION_LENGTH = 3_000

/**
 * Slack's incoming webhooks (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks). All of the text
 * is `plain_text`, where nothing is markup, so no label can mention a channel. `text` is what notifications show; there
 * `&`, `<` and `>` are escaped, as Slack asks.
 */
export const slack: WebhookDialect = {
  write(message, { url }, context) {
    const text = describeMessage(message, context)
    const plain = (type: string, content: string, length: number) => ({
      type,
      text: { type: 'plain_text', text: shorten(content, length), emoji: false },
    })
    const body = bodyLines(text).join('\n')
    const blocks = [
      plain('header', text.title, HEADER_LENGTH),
      ...(body.trim() === '' ? [] : [plain('section', body, SECTION_LENGTH)]),
    ]
    const fallback = escapeSlack(shorten(text.title, SECTION_LENGTH))
    return { url, body: JSON.stringify({ text: fallback, blocks, unfurl_links: false, unfurl_media: false }) }
  },
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

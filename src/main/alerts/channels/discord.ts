import type { WebhookDialect } from './webhook-dialect.ts'
import type { AlertMessage } from '../message.ts'
import { bodyLines, describeMessage } from '../wording/describe-message.ts'
import { escapeMarkdown } from './escape-markdown.ts'
import { shorten } from '../wording/one-line.ts'

// https://docs.discord.com/developers/resources/message#embed-object-embed-limits: title 256, description 4,096.
const TITLE_LENGTH = 256
const DESCRIPTION_LENGTH = 4_096

const COLOURS = { resolved: 0x2e9e5b, info: 0x3b82f6, warning: 0xd97706, critical: 0xdc2626 }

/**
 * Discord's webhooks (https://docs.discord.com/developers/resources/webhook#execute-webhook), answered 204. Nothing is
 * ever mentioned, whatever a label says: `allowed_mentions` is empty.
 */
export const discord: WebhookDialect = {
  write(message, { url }, context) {
    const text = describeMessage(message, context)
    const embed = {
      title: shorten(escapeMarkdown(text.title), TITLE_LENGTH),
      description: shorten(escapeMarkdown(bodyLines(text).join('\n')), DESCRIPTION_LENGTH),
      color: colour(message),
    }
    return { url, body: JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } }) }
  },
}

function colour({ event, rule }: AlertMessage): number {
  return event === 'resolved' ? COLOURS.resolved : COLOURS[rule.severity]
}

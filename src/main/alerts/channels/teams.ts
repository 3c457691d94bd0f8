import type { WebhookDialect } from './webhook-dialect.ts'
import type { AlertMessage } from '../message.ts'
import { bodyLines, describeMessage } from '../wording/describe-message.ts'
import { shorten } from '../wording/one-line.ts'

// A message holds 28 KB, a card's markup included:
// https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
const TEXT_LENGTH = 5_000
const TITLE_LENGTH = 300

/**
 * A workflow of Microsoft Teams that is started by a webhook; it takes Adaptive Cards only, and answers 202
 * (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook).
 * Text blocks read Markdown; runs of a rich text block do not, so nothing in them is a link or a mention
 * (https://adaptivecards.io/explorer/TextRun.html).
 */
export const teams: WebhookDialect = {
  write(message, { url }, context) {
    const text = describeMessage(message, context)
    const block = (content: string, style: Record<string, string> = {}) => ({
      type: 'RichTextBlock',
      spacing: 'Small',
      inlines: [{ type: 'TextRun', text: content, ...style }],
    })
    const card = {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.4',
      body: [
        block(shorten(text.title, TITLE_LENGTH), {
          size: 'Medium',
          weight: 'Bolder',
          color: colour(message),
        }),
        ...shorten(bodyLines(text).join('\n'), TEXT_LENGTH)
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map((line) => block(line)),
      ],
    }
    const attachment = {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: card,
    }
    return { url, body: JSON.stringify({ type: 'message', attachments: [attachment] }) }
  },
}

function colour({ event, rule }: AlertMessage): string {
  if (event === 'resolved') return 'Good'
  return { info: 'Accent', warning: 'Warning', critical: 'Attention' }[rule.severity]
}

import type { ChannelSender } from './channel-sender.ts'
import type { PostOptions } from './guarded-post.ts'
import { guardedPost } from './guarded-post.ts'
import { judgeAnswer } from './judge-answer.ts'
import type { WebhookDialect, WebhookSettings } from './webhook-dialect.ts'

/** Sends messages to one address, in the dialect that is spoken there. */
export function webhookSender(
  dialect: WebhookDialect,
  settings: WebhookSettings,
  options: PostOptions = {},
): ChannelSender {
  const { pathname, search } = new URL(settings.url)
  const secrets = [
    settings.url,
    settings.secret,
    ...[pathname + search, pathname, search].filter((part) => part.length > 8),
    ...Object.values(settings.headers),
  ]
  return {
    async send(message, context) {
      const request = dialect.write(message, settings, context)
      const result = await guardedPost(
        {
          url: request.url,
          headers: { ...settings.headers, ...request.headers },
          body: request.body,
          allowPrivateAddresses: settings.allowPrivateAddresses,
          signal: context.signal,
        },
        options,
      )
      const { readVerdict } = dialect
      return judgeAnswer(result, { now: context.now(), secrets, ...(readVerdict ? { readVerdict } : {}) })
    },
  }
}

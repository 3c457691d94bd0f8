import * as z from 'zod'
import type { NewChannel } from '#shared/contract/alerts/channels.ts'
import { SECRET_MASK } from '#shared/contract/alerts/channels.ts'
import type { ChannelSecrets } from './secrets.ts'

/** Which secrets there are, so that it is known when they are lost. */
const secretNames = z.array(z.enum(['url', 'secret', 'headers', 'password']))

const webhookConfigSchema = z.object({
  type: z.enum(['webhook', 'slack', 'teams', 'discord', 'dingtalk', 'feishu', 'wecom']),
  /** Masked, where the address is a secret. */
  url: z.string(),
  allowPrivateAddresses: z.boolean(),
  headerNames: z.array(z.string()),
  bodyTemplate: z.string(),
  secretNames,
})
export type WebhookConfig = z.output<typeof webhookConfigSchema>

const emailConfigSchema = z.object({
  type: z.literal('email'),
  host: z.string(),
  port: z.int(),
  security: z.enum(['starttls', 'tls', 'none']),
  username: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  secretNames,
})
export type EmailConfig = z.output<typeof emailConfigSchema>

/** What is stored of a channel besides its name and its secrets. */
export const channelConfigSchema = z.discriminatedUnion('type', [
  // Those that are there without being added.
  z.object({ type: z.literal('os'), secretNames }),
  z.object({ type: z.literal('inApp'), secretNames }),
  webhookConfigSchema,
  emailConfigSchema,
])
export type ChannelConfig = z.output<typeof channelConfigSchema>

export interface PartedChannel {
  config: WebhookConfig | EmailConfig
  secrets: ChannelSecrets
}

/** Parts what a user gave into what may be shown and what may not. */
export function partChannel(channel: NewChannel): PartedChannel {
  if (channel.type === 'email') {
    const { type, host, port, security, username, from, to, password = '' } = channel
    const secrets = password === '' ? {} : { password }
    return {
      config: { type, host, port, security, username, from, to, secretNames: namesOf(secrets) },
      secrets,
    }
  }
  const { type, url, allowPrivateAddresses, headers, bodyTemplate, secret = '' } = channel
  const headerNames = Object.keys(headers)
  const secrets: ChannelSecrets = {
    ...(type === 'webhook' ? {} : { url }),
    ...(secret === '' ? {} : { secret }),
    ...(headerNames.length === 0 ? {} : { headers }),
  }
  return {
    config: {
      type,
      url: type === 'webhook' ? url : maskUrl(url),
      allowPrivateAddresses,
      headerNames,
      bodyTemplate,
      secretNames: namesOf(secrets),
    },
    secrets,
  }
}

const SHOWN_LETTERS = 4

/** Enough of an address that is a key to tell it from another: where it leads, and its last four letters. */
export function maskUrl(url: string): string {
  const { origin } = new URL(url)
  const rest = url.slice(origin.length)
  return `${origin}/${SECRET_MASK}${rest.length > 4 * SHOWN_LETTERS ? rest.slice(-SHOWN_LETTERS) : ''}`
}

function namesOf(secrets: ChannelSecrets): ChannelConfig['secretNames'] {
  return Object.keys(secrets) as (keyof ChannelSecrets)[]
}

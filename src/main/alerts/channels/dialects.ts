import { dingtalk } from './dingtalk.ts'
import { discord } from './discord.ts'
import { feishu } from './feishu.ts'
import { genericWebhook } from './generic-webhook.ts'
import { slack } from './slack.ts'
import { teams } from './teams.ts'
import { wecom } from './wecom.ts'
import type { WebhookDialect } from './webhook-dialect.ts'

/** How each kind of webhook is spoken to. */
export const DIALECTS = {
  webhook: genericWebhook,
  slack,
  teams,
  discord,
  dingtalk,
  feishu,
  wecom,
} as const satisfies Record<string, WebhookDialect>
export type WebhookType = keyof typeof DIALECTS

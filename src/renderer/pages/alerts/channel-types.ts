import type { ChannelType } from '#shared/contract/alerts/channels.ts'

/** Each kind of channel's name, and where in its product the address comes from. */
export const CHANNEL_FACTS: Readonly<Record<ChannelType, { label: string; hint: string }>> = {
  os: { label: 'alerts.channelOs', hint: 'alerts.channelHint.os' },
  inApp: { label: 'alerts.channelInApp', hint: 'alerts.channelHint.inApp' },
  email: { label: 'alerts.channelType.email', hint: 'alerts.channelHint.email' },
  webhook: { label: 'alerts.channelType.webhook', hint: 'alerts.channelHint.webhook' },
  slack: { label: 'alerts.channelType.slack', hint: 'alerts.channelHint.slack' },
  teams: { label: 'alerts.channelType.teams', hint: 'alerts.channelHint.teams' },
  discord: { label: 'alerts.channelType.discord', hint: 'alerts.channelHint.discord' },
  dingtalk: { label: 'alerts.channelType.dingtalk', hint: 'alerts.channelHint.dingtalk' },
  feishu: { label: 'alerts.channelType.feishu', hint: 'alerts.channelHint.feishu' },
  wecom: { label: 'alerts.channelType.wecom', hint: 'alerts.channelHint.wecom' },
}

/** Those that sign with a secret. */
export function hasSecret(type: ChannelType): boolean {
  return type === 'webhook' || type === 'dingtalk' || type === 'feishu'
}

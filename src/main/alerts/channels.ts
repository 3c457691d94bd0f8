import { v7 as uuid } from 'uuid'
import type { Channel, NewChannel } from '#shared/contract/alerts/channels.ts'
import { SECRET_MASK } from '#shared/contract/alerts/channels.ts'
import { LIMITS } from '#shared/limits.ts'
import { RecentlyRemoved } from '#shared/recently-removed.ts'
import { Turns } from '#shared/turns.ts'
import type { StoredChannel } from '../store/alerts/channels.ts'
import type { DeliveryMark } from '../store/alerts/deliveries.ts'
import type { Store } from '../store/store.ts'
import type { ConfigChanges, ConfigProblem } from './change-channel.ts'
import { changeConfig } from './change-channel.ts'
import type { ChannelConfig } from './channel-config.ts'
import { channelConfigSchema, partChannel } from './channel-config.ts'
import type { ChannelSender, SendResult } from './channels/channel-sender.ts'
import { DIALECTS } from './channels/dialects.ts'
import type { EmailOptions } from './channels/email.ts'
import { emailSender } from './channels/email.ts'
import type { PostOptions } from './channels/guarded-post.ts'
import { inApp } from './channels/in-app.ts'
import { webhookSender } from './channels/webhook-sender.ts'
import type { ChannelSecrets, SecretKeeper } from './secrets.ts'

/** What can be wrong with a change that is well-formed. */
export type ChannelProblem = 'not-found' | 'built-in' | 'too-many' | ConfigProblem

export type ChannelChanges = ConfigChanges & { name?: string | undefined; isEnabled?: boolean | undefined }

/** Why a channel does not send. */
export type NoSender = Exclude<SendResult, { outcome: 'sent' }>

export interface AlertChannels {
  /** Those of the system first, then the user's own as they were added. */
  list(): Promise<Channel[]>
  get(id: string): Promise<Channel | undefined>
  /** Answers from memory; undefined: there is none. */
  isEnabled(id: string): boolean | undefined
  create(channel: NewChannel): Promise<Channel | ChannelProblem>
  /** Leaves what is not given, or given as it was shown, as it is. */
  update(id: string, changes: ChannelChanges): Promise<Channel | ChannelProblem>
  remove(id: string): Promise<ChannelProblem | undefined>
  /** Takes back the removal of a channel that was removed lately: it is there again, by the same id, with its secrets. */
  restore(id: string): Promise<Channel | ChannelProblem>
  /** How it sends, with its secrets; or why it does not. One that is off can still be tested. */
  senderOf(id: string, options?: { isTest: boolean }): Promise<ChannelSender | NoSender>
  /** Remembers what became of an attempt. */
  report(id: string, result: Pick<DeliveryMark, 'status' | 'reason'>): void
}

export interface ChannelsOptions {
  store: Pick<Store, 'ask' | 'writeChannel'>
  secrets: SecretKeeper
  os: ChannelSender
  isOsSupported: () => boolean
  now: () => number
  /** What tests stand in for. */
  transport?: (PostOptions & EmailOptions) | undefined
}

/** A channel in memory. */
type OpenChannel = Omit<StoredChannel, 'config' | 'type'> & { config: ChannelConfig }

const BUILT_IN: readonly OpenChannel[] = (['os', 'inApp'] as const).map((id) => ({
  id,
  name: id,
  isEnabled: true,
  config: { type: id, secretNames: [] },
  secret: null,
  createdAt: 0,
}))

/**
 * Reads the channels. This process is the only one that changes them, so memory stays true.
 *
 * @throws ConsoleError what `Store.ask` throws; changes throw what `Store.writeChannel` does.
 */
export async function openChannels(options: ChannelsOptions): Promise<AlertChannels> {
  const { store, secrets, now } = options
  const stored = await store.ask('readChannels', null)
  const lastResults = new Map<string, NonNullable<Channel['lastResult']>>(
    stored.results.map(({ channelId, ...result }) => [channelId, result]),
  )
  const channels = new Map(BUILT_IN.map((channel) => [channel.id, channel]))
  for (const { type: _, ...channel } of stored.channels)
    channels.set(channel.id, { ...channel, config: channelConfigSchema.parse(channel.config) })

  /** Its secrets, as far as they were in memory only: the others lie encrypted in the channel. */
  const removed = new RecentlyRemoved<{ id: string; channel: OpenChannel; secrets: ChannelSecrets }>()
  const turns = new Turns()
  const isFull = () => channels.size >= LIMITS.alertChannels + BUILT_IN.length

  const keep = async (channel: OpenChannel): Promise<Channel> => {
    await store.writeChannel({ id: channel.id, channel: { ...channel, type: channel.config.type } })
    channels.set(channel.id, channel)
    return show(channel)
  }

  const show = async (channel: OpenChannel): Promise<Channel> => ({
    id: channel.id,
    name: channel.name,
    isEnabled: channel.isEnabled,
    ...showConfig(channel.config),
    secretState: await secretStateOf(channel),
    problem: channel.id === 'os' && !options.isOsSupported() ? 'unsupported' : null,
    lastResult: lastResults.get(channel.id) ?? null,
  })

  const secretStateOf = async (channel: OpenChannel): Promise<Channel['secretState']> => {
    if (channel.config.secretNames.length === 0) return 'none'
    if ((await secrets.read(channel.id, channel.secret)) === undefined) return 'lost'
    return channel.secret === null ? 'session' : 'kept'
  }

  return {
    list: () => Promise.all([...channels.values()].map(show)),
    async get(id) {
      const channel = channels.get(id)
      return channel && show(channel)
    },
    isEnabled: (id) => channels.get(id)?.isEnabled,
    create: (given) =>
      turns.take(async () => {
        if (isFull()) return 'too-many'
        const id = uuid()
        const { config, secrets: own } = partChannel(given)
        const secret = await secrets.keep(id, own)
        return keep({ id, name: given.name, isEnabled: given.isEnabled, config, secret, createdAt: now() })
      }),
    update: (id, { name, isEnabled, ...changes }) =>
      turns.take(async () => {
        const channel = channels.get(id)
        if (!channel) return 'not-found'
        const renamed = { ...channel, name: name ?? channel.name, isEnabled: isEnabled ?? channel.isEnabled }
        const { config } = channel
        if (config.type === 'os' || config.type === 'inApp') {
          const isOther = name !== undefined || Object.values(changes).some((value) => value !== undefined)
          return isOther ? 'built-in' : keep(renamed)
        }
        const changed = changeConfig(config, await secrets.read(id, channel.secret), changes)
        if (typeof changed === 'string') return changed
        if (!('secrets' in changed)) return keep({ ...renamed, config: changed.config })
        return keep({ ...renamed, config: changed.config, secret: await secrets.keep(id, changed.secrets) })
      }),
    remove: (id) =>
      turns.take(async () => {
        if (BUILT_IN.some((channel) => channel.id === id)) return 'built-in'
        const channel = channels.get(id)
        if (!channel) return 'not-found'
        const ofSession = channel.secret === null ? await secrets.read(id, null) : undefined
        await store.writeChannel({ id, channel: null })
        channels.delete(id)
        lastResults.delete(id)
        secrets.forget(id)
        removed.add({ id, channel, secrets: ofSession ?? {} })
        return undefined
      }),
    restore: (id) =>
      turns.take(async () => {
        const before = removed.get(id)
        if (!before) return 'not-found'
        if (isFull()) return 'too-many'
        const { channel } = before
        const secret = channel.secret ?? (await secrets.keep(id, before.secrets))
        const restored = await keep({ ...channel, secret })
        removed.delete(id)
        return restored
      }),
    async senderOf(id, { isTest } = { isTest: false }) {
      const channel = channels.get(id)
      if (!channel) return { outcome: 'suppressed', reason: 'channel-removed' }
      if (!channel.isEnabled && !isTest) return { outcome: 'suppressed', reason: 'channel-disabled' }
      const { config } = channel
      if (config.type === 'os') return options.os
      if (config.type === 'inApp') return inApp
      const known = await secrets.read(id, channel.secret)
      if (known === undefined && config.secretNames.length > 0)
        return { outcome: 'retry', reason: 'secret-lost' }
      return openSender(config, known ?? {}, options.transport)
    },
    report(id, { status, reason }) {
      if (status === 'sent' || status === 'retrying' || status === 'dead')
        lastResults.set(id, { status, reason, at: now() })
    },
  }
}

function showConfig(config: ChannelConfig): Pick<Channel, 'type'> & Partial<Channel> {
  if (!('headerNames' in config)) {
    const { secretNames: _, ...shown } = config
    return shown
  }
  const { secretNames: _, headerNames, ...shown } = config
  return { ...shown, headers: Object.fromEntries(headerNames.map((name) => [name, SECRET_MASK])) }
}

function openSender(
  config: Exclude<ChannelConfig, { type: 'os' | 'inApp' }>,
  { url, secret = '', headers = {}, password = '' }: ChannelSecrets,
  transport: ChannelsOptions['transport'],
): ChannelSender {
  if (config.type === 'email') return emailSender({ ...config, password }, transport)
  const { type, allowPrivateAddresses, bodyTemplate } = config
  const settings = { url: url ?? config.url, secret, headers, allowPrivateAddresses, bodyTemplate }
  return webhookSender(DIALECTS[type], settings, transport)
}

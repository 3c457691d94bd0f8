import type { AlertTestResult } from '#shared/contract/alerts/rules.ts'
import type { Log } from '../log.ts'
import type { StoredAlertRule } from '../store/alerts/alert-changes.ts'
import type { Store } from '../store/store.ts'
import type { AlertChannels, ChannelsOptions } from './channels.ts'
import { openChannels } from './channels.ts'
import type { SystemNotifier } from './channels/os.ts'
import { osSender } from './channels/os.ts'
import { startOutbox } from './outbox.ts'
import type { SecretCipher, SecretStorage } from './secrets.ts'
import { createSecretKeeper, sessionOnly } from './secrets.ts'
import { channelTest, ruleTest, sendTest } from './send-test.ts'
import type { Wording } from './wording/describe-message.ts'

/** What delivers notifications needs of the desktop and of the user. */
export interface DeliveryOptions {
  store: Store
  /** Absent: there is no desktop. */
  notifier?: SystemNotifier | undefined
  /** Absent: secrets are kept until the console ends. */
  secretCipher?: SecretCipher | undefined
  /** How values are shown; asked at each sending. */
  wording: () => Wording
  isSoundOn: () => boolean
  log: Log
  /** Told when something became of a notification. */
  onChange: () => void
  /** What tests stand in for. */
  transport?: ChannelsOptions['transport']
}

type TestResult = AlertTestResult['results'][number]

/** The way of notifications out of the console: channels, and the outbox that feeds them. */
export interface Delivery {
  channels: AlertChannels
  secretStorage(): Promise<SecretStorage>
  /** Sends a marked notification. Undefined: there is no such channel. */
  testChannel(id: string): Promise<Omit<TestResult, 'channelId'> | undefined>
  /** Sends a marked notification through each of a rule's channels. */
  testRule(rule: StoredAlertRule): Promise<TestResult[]>
  /** Looks for notifications that were put into the outbox. */
  wake(): void
  close(): Promise<void>
}

export async function openDelivery(options: DeliveryOptions): Promise<Delivery> {
  const { store, notifier, wording, isSoundOn, onChange, log, transport } = options
  const now = () => Date.now()
  const secrets = createSecretKeeper(options.secretCipher ?? sessionOnly)
  const channels = await openChannels({
    store,
    secrets,
    os: osSender(notifier, isSoundOn),
    isOsSupported: () => notifier?.isSupported() ?? false,
    now,
    transport,
  })
  const outbox = await startOutbox({
    store,
    senderOf: (id) => channels.senderOf(id),
    wording,
    onAttempt(channelId, mark) {
      channels.report(channelId, mark)
      onChange()
    },
    now,
    random: Math.random,
    log,
  })
  // What an earlier run left.
  outbox.wake()
  return {
    channels,
    secretStorage: () => secrets.storage(),
    async testChannel(id) {
      const channel = await channels.get(id)
      return channel && sendTest(id, channelTest(channel.name, now()), { channels, wording: wording(), now })
    },
    testRule: (rule) =>
      Promise.all(
        rule.channels.map(async (channelId) => ({
          channelId,
          ...(await sendTest(channelId, ruleTest(rule, now()), { channels, wording: wording(), now })),
        })),
      ),
    wake: () => outbox.wake(),
    close: () => outbox.close(),
  }
}

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AlertChannels } from '../../../src/main/alerts/channels.ts'
import { openChannels } from '../../../src/main/alerts/channels.ts'
import type { SecretCipher } from '../../../src/main/alerts/secrets.ts'
import { createSecretKeeper, sessionOnly } from '../../../src/main/alerts/secrets.ts'
import { channelTest, ruleTest, sendTest } from '../../../src/main/alerts/send-test.ts'
import { osSender } from '../../../src/main/alerts/channels/os.ts'
import type { SystemNotification } from '../../../src/main/alerts/channels/os.ts'
import type { Store } from '../../../src/main/store/store.ts'
import { openStore } from '../../../src/main/store/store.ts'
import type { Channel, NewChannel } from '../../../src/shared/contract/alerts/channels.ts'
import { newChannelSchema } from '../../../src/shared/contract/alerts/channels.ts'
import { LIMITS } from '../../../src/shared/limits.ts'
import { newAlertRuleSchema } from '../../../src/shared/contract/alerts/rules.ts'
import { startWebhookServer } from './channels/receivers.ts'
import { makeContext, makeMessage, NOW } from './make-message.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'llmops-channels-'))
let store: Store
beforeAll(async () => {
  store = await openStore({ dataDir })
})
afterAll(async () => {
  await store.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** A keyring, as good as its key. */
function keyring(key: number): SecretCipher {
  const turn = (bytes: Uint8Array) => bytes.map((byte) => byte ^ key)
  return {
    state: async () => ({ state: 'keyring', reason: null }),
    encrypt: async (text) => turn(new TextEncoder().encode(text)),
    decrypt: async (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(turn(bytes)),
  }
}

const open = (cipher: SecretCipher, notifier?: Parameters<typeof osSender>[0]): Promise<AlertChannels> =>
  openChannels({
    store,
    secrets: createSecretKeeper(cipher),
    os: osSender(notifier, () => true),
    isOsSupported: () => notifier?.isSupported() ?? false,
    now: () => NOW,
  })

const make = (given: object): NewChannel => newChannelSchema.parse({ name: 'mine', ...given })

async function create(channels: AlertChannels, given: object): Promise<Channel> {
  const created = await channels.create(make(given))
  if (typeof created === 'string') throw new Error(created)
  return created
}

const everythingOnDisk = () =>
  readdirSync(dataDir)
    .map((name) => readFileSync(join(dataDir, name), 'latin1'))
    .join()

test('the channels of the system are always there, and can be switched off but not removed', async () => {
  const channels = await open(keyring(90))
  expect((await channels.list()).slice(0, 2)).toMatchObject([
    { id: 'os', type: 'os', isEnabled: true, problem: 'unsupported', secretState: 'none' },
    { id: 'inApp', type: 'inApp', isEnabled: true, problem: null },
  ])
  expect(await channels.remove('os')).toBe('built-in')
  expect(await channels.update('os', { name: 'Mine' })).toBe('built-in')
  expect(await channels.update('os', { isEnabled: false })).toMatchObject({ isEnabled: false })
  const again = await open(keyring(90))
  expect(again.isEnabled('os')).toBe(false)
  expect(await again.senderOf('os')).toEqual({ outcome: 'suppressed', reason: 'channel-disabled' })
  await again.update('os', { isEnabled: true })
})

test('secrets are kept by the keyring: not shown, not readable on disk, and there after a restart', async () => {
  const server = await startWebhookServer((_request, response) => response.end('{"errcode":0}'))
  const given = {
    type: 'dingtalk',
    url: `${server.url}/robot/send?access_token=very-secret-token`,
    secret: 'SECvery-secret',
    headers: { 'X-Key': 'very-secret-header' },
    allowPrivateAddresses: true,
  }
  const created = await create(await open(keyring(90)), given)
  expect(created).toMatchObject({ type: 'dingtalk', secretState: 'kept', headers: { 'X-Key': '••••••••' } })
  expect(JSON.stringify(created)).not.toContain('very-secret')
  expect(everythingOnDisk()).not.toContain('very-secret')
  const channels = await open(keyring(90))
  expect(await channels.get(created.id)).toEqual(created)
  const result = await sendTest(created.id, channelTest('mine', NOW), {
    channels,
    wording: makeContext(),
    now: () => NOW,
  })
  expect(result).toEqual({ status: 'sent', reason: null, lastStatus: 200 })
  expect(server.received[0]?.path).toContain('access_token=very-secret-token&timestamp=')
  expect(server.received[0]?.headers['x-key']).toBe('very-secret-header')
  expect((await channels.get(created.id))?.lastResult).toEqual({ status: 'sent', at: NOW, reason: null })
  // Another user's keyring.
  const elsewhere = await open(keyring(91))
  expect(await elsewhere.get(created.id)).toMatchObject({ secretState: 'lost' })
  expect(await elsewhere.senderOf(created.id)).toEqual({ outcome: 'retry', reason: 'secret-lost' })
})

test('without a keyring secrets stay in memory, and are lost with the session', async () => {
  const channels = await open(sessionOnly)
  const created = await create(channels, {
    type: 'webhook',
    url: 'https://example.com/hook',
    secret: 'session-key',
  })
  expect(created).toMatchObject({ secretState: 'session', url: 'https://example.com/hook' })
  expect(everythingOnDisk()).not.toContain('session-key')
  const next = await open(sessionOnly)
  expect(await next.get(created.id)).toMatchObject({ secretState: 'lost' })
  expect(await next.update(created.id, { name: 'renamed' })).toMatchObject({
    name: 'renamed',
    secretState: 'lost',
  })
  expect(await next.update(created.id, { secret: 'again' })).toMatchObject({ secretState: 'session' })
  expect(await next.update(created.id, { secret: null })).toMatchObject({ secretState: 'none' })
})

test('there is a limit to how many there are', async () => {
  const channels = await open(sessionOnly)
  const slack = make({ type: 'slack', url: 'https://hooks.slack.com/services/a/b/c' })
  const own = (await channels.list()).length - 2
  for (let count = own; count < LIMITS.alertChannels; count += 1) await channels.create(slack)
  expect(await channels.create(slack)).toBe('too-many')
  for (const { id } of (await channels.list()).slice(2 + own)) await channels.remove(id)
})

test('changes that are asked for together are made one after the other', async () => {
  const channels = await open(keyring(90))
  const { id } = await create(channels, { type: 'webhook', url: 'https://example.com/hook', secret: 'old' })
  await Promise.all([
    channels.update(id, { secret: 'new' }),
    channels.update(id, { name: 'Renamed' }),
    channels.update(id, { isEnabled: false }),
    channels.remove(id),
    channels.update(id, { name: 'Too late' }),
  ])
  expect(await channels.get(id)).toBeUndefined()
  expect(await channels.restore(id)).toMatchObject({ name: 'Renamed', isEnabled: false, secretState: 'kept' })
  await channels.remove(id)
})

test('a channel that is removed is gone', async () => {
  const channels = await open(keyring(90))
  const { id } = await create(channels, { type: 'slack', url: 'https://hooks.slack.com/services/a/b/c' })
  expect(await channels.remove(id)).toBeUndefined()
  expect(await channels.get(id)).toBeUndefined()
  expect(await channels.senderOf(id)).toEqual({ outcome: 'suppressed', reason: 'channel-removed' })
  expect((await open(keyring(90))).isEnabled(id)).toBeUndefined()
})

test.each([
  ['of the keyring', keyring(90), 'kept'],
  ['of the session', sessionOnly, 'session'],
])(
  'a channel whose removal is taken back is the one it was, with its secrets %s',
  async (_, cipher, state) => {
    const server = await startWebhookServer((_request, response) => response.end())
    const channels = await open(cipher)
    const given = { type: 'webhook', url: server.url, secret: 'taken-back', allowPrivateAddresses: true }
    const created = await create(channels, given)
    await channels.remove(created.id)
    expect(await channels.restore('another')).toBe('not-found')
    expect(await channels.restore(created.id)).toEqual(created)
    expect(created.secretState).toBe(state)
    const sender = await channels.senderOf(created.id)
    if ('outcome' in sender) throw new Error(sender.outcome)
    await sender.send(makeMessage(), makeContext())
    expect(server.received[0]?.headers['x-llmops-signature']).toMatch(/^sha256=/)
    expect(await channels.restore(created.id)).toBe('not-found')
    await channels.remove(created.id)
  },
)

test('the notification of the system says what its click opens, and is suppressed where there is none', async () => {
  const shown: SystemNotification[] = []
  const notifier = {
    isSupported: () => true,
    show: async (notification: SystemNotification) => {
      shown.push(notification)
      return 'shown' as const
    },
  }
  const channels = await open(keyring(90), notifier)
  expect((await channels.get('os'))?.problem).toBeNull()
  const sender = await channels.senderOf('os')
  if ('outcome' in sender) throw new Error(sender.outcome)
  expect(await sender.send(makeMessage(), makeContext({ language: 'zh-CN' }))).toEqual({ outcome: 'sent' })
  expect(shown).toMatchObject([
    {
      id: 'delivery-1',
      title: '[告警] 严重 Too many failures · app = checkout-bot',
      recordIds: ['record-1'],
      ruleId: 'rule-1',
      isSilent: false,
      actions: [{ action: 'acknowledge', label: '确认' }, { action: 'mute' }],
    },
  ])
  const none = await (await open(keyring(90))).senderOf('os')
  if ('outcome' in none) throw new Error(none.outcome)
  expect(await none.send(makeMessage(), makeContext())).toEqual({
    outcome: 'suppressed',
    reason: 'unsupported',
  })
})

test("a rule's test is marked, holds a record to look at, and says what failed", async () => {
  const server = await startWebhookServer((_request, response) => response.writeHead(404).end('no hook'))
  const channels = await open(keyring(90))
  const { id } = await create(channels, {
    type: 'webhook',
    url: server.url,
    allowPrivateAddresses: true,
    // Trying it out comes before switching it on.
    isEnabled: false,
  })
  const rule = newAlertRuleSchema.parse({
    name: 'Slow',
    conditions: [{ metric: 'durationP95Ms', comparison: 'gt', threshold: 2_000 }],
  })
  const message = ruleTest({ ...rule, id: 'rule-1' }, NOW)
  const options = { channels, wording: makeContext(), now: () => NOW }
  expect(await sendTest(id, message, options)).toEqual({
    status: 'failed',
    reason: 'refused: no hook',
    lastStatus: 404,
  })
  expect(JSON.parse(server.received[0]?.body ?? '')).toMatchObject({
    event: 'test',
    rule: { id: 'rule-1', name: 'Slow' },
    records: [{ metric: 'durationP95Ms', threshold: 2_000 }],
  })
  expect((await channels.get(id))?.lastResult).toMatchObject({ status: 'dead', reason: 'refused: no hook' })
  expect(await sendTest('gone', message, options)).toMatchObject({ status: 'suppressed' })
})

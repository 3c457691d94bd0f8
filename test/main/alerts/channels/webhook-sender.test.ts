import { createHmac } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { WebhookType } from '../../../../src/main/alerts/channels/dialects.ts'
import { DIALECTS } from '../../../../src/main/alerts/channels/dialects.ts'
import type { WebhookSettings } from '../../../../src/main/alerts/channels/webhook-dialect.ts'
import { webhookSender } from '../../../../src/main/alerts/channels/webhook-sender.ts'
import type { AlertMessage } from '../../../../src/main/alerts/message.ts'
import { makeContext, makeMessage, makeRecord, NOW } from '../make-message.ts'
import { startWebhookServer } from './receivers.ts'

function settings(given: Partial<WebhookSettings> = {}): WebhookSettings {
  return {
    url: 'http://127.0.0.1:9/hook?access_token=token-in-the-address',
    secret: '',
    headers: {},
    allowPrivateAddresses: true,
    bodyTemplate: '',
    ...given,
  }
}

const write = (type: WebhookType, message = makeMessage(), given: Partial<WebhookSettings> = {}) =>
  DIALECTS[type].write(message, settings(given), makeContext())

async function send(
  type: WebhookType,
  respond?: (response: ServerResponse) => void,
  given: Partial<WebhookSettings> = {},
) {
  const server = await startWebhookServer((_request, response) =>
    respond ? respond(response) : response.end(),
  )
  const url = `${server.url}/hook?access_token=token-in-the-address`
  const result = await webhookSender(DIALECTS[type], settings({ url, ...given })).send(
    makeMessage(),
    makeContext(),
  )
  return { result, received: server.received }
}

const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))

test('the generic body is delivery, event, rule and records, signed byte for byte', async () => {
  const { result, received } = await send('webhook', undefined, {
    secret: 's3cret',
    headers: { 'X-Team': 'ops' },
  })
  expect(result).toEqual({ outcome: 'sent', lastStatus: 200 })
  const [request] = received
  expect(JSON.parse(request?.body ?? '')).toMatchObject({
    deliveryId: 'delivery-1',
    event: 'firing',
    rule: { id: 'rule-1', name: 'Too many failures' },
    records: [{ id: 'record-1', labels: { app: 'checkout-bot' }, lastValue: 0.125 }],
  })
  const hex = createHmac('sha256', 's3cret')
    .update(request?.body ?? '')
    .digest('hex')
  expect(request?.headers).toMatchObject({
    'x-llmops-signature': `sha256=${hex}`,
    'x-llmops-delivery': 'delivery-1',
    'x-team': 'ops',
    'content-type': 'application/json; charset=utf-8',
  })
})

test('without a secret nothing is signed', () => {
  expect(write('webhook').headers).toEqual({ 'X-LLMOps-Delivery': 'delivery-1' })
})

test.each([408, 425, 429, 500, 502, 503])('%i: it is tried again', async (status) => {
  const { result } = await send('webhook', answer(status, 'later', { 'retry-after': '30' }))
  expect(result).toEqual({
    outcome: 'retry',
    reason: 'answer: later',
    lastStatus: status,
    retryAfterMs: 30_000,
  })
})

test.each([400, 401, 404, 410, 413])('%i: it is not', async (status) => {
  const { result } = await send('webhook', answer(status, 'no such hook'))
  expect(result).toEqual({ outcome: 'dead', reason: 'refused: no such hook', lastStatus: status })
})

test('a reason holds neither secrets nor the address, even if they are sent back', async () => {
  const given = { secret: 's3cret-key', headers: { Authorization: 'Bearer abc' } }
  const server = await startWebhookServer(({ path, headers }, response) => {
    response.writeHead(400).end(`bad ${path} ${headers.authorization} s3cret-key`)
  })
  const url = `${server.url}/hook?access_token=token-in-the-address`
  const result = await webhookSender(DIALECTS.webhook, settings({ url, ...given })).send(
    makeMessage(),
    makeContext(),
  )
  expect(result).toEqual({ outcome: 'dead', lastStatus: 400, reason: 'refused: bad ••• ••• •••' })
})

test('DingTalk is signed in the address, and told of nobody', async () => {
  const { url, body } = write('dingtalk', makeMessage(), { secret: 'SECabc' })
  const { searchParams } = new URL(url)
  expect(searchParams.get('access_token')).toBe('token-in-the-address')
  expect(searchParams.get('timestamp')).toBe(String(NOW))
  const sign = createHmac('sha256', 'SECabc').update(`${NOW}\nSECabc`).digest('base64')
  expect(searchParams.get('sign')).toBe(sign)
  expect(JSON.parse(body)).toMatchObject({ msgtype: 'text', at: { isAtAll: false } })
  expect(write('dingtalk').url).toBe(settings().url)
})

test('Feishu is signed in the body, in seconds', () => {
  const seconds = NOW / 1_000
  const sign = createHmac('sha256', `${seconds}\nabc`).update('').digest('base64')
  expect(JSON.parse(write('feishu', makeMessage(), { secret: 'abc' }).body)).toMatchObject({
    timestamp: String(seconds),
    sign,
    msg_type: 'interactive',
    card: { header: { template: 'red' } },
  })
  expect(JSON.parse(write('feishu').body)).not.toHaveProperty('sign')
})

test('Teams gets an Adaptive Card, Discord an embed without mentions, Slack plain text', () => {
  expect(JSON.parse(write('teams').body)).toMatchObject({
    type: 'message',
    attachments: [
      { contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } },
    ],
  })
  expect(JSON.parse(write('discord').body)).toMatchObject({ allowed_mentions: { parse: [] }, embeds: [{}] })
  const hostile = makeMessage({ records: [makeRecord({ labels: { app: '<!channel> & co' } })] })
  const body: unknown = JSON.parse(write('slack', hostile).body)
  expect(body).toMatchObject({
    text: '[Firing] Critical Too many failures · app = &lt;!channel&gt; &amp; co',
    blocks: [{ type: 'header', text: { type: 'plain_text' } }, { text: { type: 'plain_text' } }],
  })
})

test('no markup of a label survives in the Markdown of WeCom and Discord', () => {
  const labels = { app: '[click](http://evil.example) <font color="red">@all</font> **b** `c`' }
  const message = makeMessage({ records: [makeRecord({ labels })] })
  const { content } = (JSON.parse(write('wecom', message).body) as { markdown: { content: string } }).markdown
  expect(content).not.toMatch(/\]\(|<font color="red">|@all|\*\*|`/)
  const [embed] = (JSON.parse(write('discord', message).body) as { embeds: { title: string }[] }).embeds
  expect(embed?.title).toContain('\\[click\\]\\(http')
})

test.each([
  ['dingtalk', { errcode: 0, errmsg: 'ok' }, { outcome: 'sent', lastStatus: 200 }],
  [
    'dingtalk',
    { errcode: 310000, errmsg: 'sign not match' },
    { outcome: 'dead', reason: 'refused: 310000 sign not match' },
  ],
  [
    'dingtalk',
    { errcode: 130101, errmsg: 'send too fast' },
    { outcome: 'retry', reason: 'answer: 130101 send too fast' },
  ],
  ['feishu', { StatusCode: 0, StatusMessage: 'success' }, { outcome: 'sent' }],
  ['feishu', { code: 0, msg: 'success' }, { outcome: 'sent' }],
  [
    'feishu',
    { code: 19021, msg: 'sign match fail' },
    { outcome: 'dead', reason: 'refused: 19021 sign match fail' },
  ],
  ['feishu', { code: 11232, msg: 'frequency limited' }, { outcome: 'retry' }],
  ['wecom', { errcode: 0, errmsg: 'ok' }, { outcome: 'sent' }],
  ['wecom', { errcode: 93000, errmsg: 'invalid webhook url' }, { outcome: 'dead' }],
  ['wecom', { errcode: 45009, errmsg: 'freq out of limit' }, { outcome: 'retry' }],
  ['wecom', '<html>captive portal</html>', { outcome: 'retry', reason: 'answer' }],
  ['teams', '', { outcome: 'sent' }],
] as const)('%s answers 200 and %o: %o', async (type, body, expected) => {
  expect((await send(type, answer(200, body))).result).toMatchObject(expected)
})

const text = fc.string({ unit: 'binary', maxLength: 300 })
const anyMessage: fc.Arbitrary<AlertMessage> = fc
  .record({
    name: text,
    description: fc.string({ unit: 'binary', maxLength: 2_000 }),
    labels: fc.array(fc.dictionary(text, text, { maxKeys: 3 }), { maxLength: 20 }),
    event: fc.constantFrom('firing', 'repeat', 'resolved', 'unmuted', 'test'),
    words: fc.option(fc.string({ unit: 'binary', maxLength: 30_000 })),
    more: fc.nat(500),
  })
  .map(({ name, description, labels, event, words, more }) =>
    makeMessage({
      event,
      rule: { id: 'rule-1', name, description, severity: 'warning' },
      records: labels.map((values) => makeRecord({ labels: values })),
      recordCount: labels.length + more,
      text: words,
    }),
  )

/** What each product takes at most, in bytes of UTF-8. */
const SIZES: Partial<Record<WebhookType, number>> = { dingtalk: 20_000, feishu: 20_480, teams: 28_672 }

test('whatever apps and users write, each product gets JSON of a size that it takes', () => {
  fc.assert(
    fc.property(anyMessage, fc.constantFrom(...(Object.keys(DIALECTS) as WebhookType[])), (message, type) => {
      const { body } = write(type, message)
      JSON.parse(body)
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(SIZES[type] ?? Infinity)
      if (type === 'wecom') {
        const { markdown } = JSON.parse(body) as { markdown: { content: string } }
        expect(Buffer.byteLength(markdown.content)).toBeLessThanOrEqual(4_096)
      }
    }),
  )
})

test('any body has a signature that its reader can check', () => {
  fc.assert(
    fc.property(anyMessage, fc.string({ minLength: 1 }), (message, secret) => {
      const { body, headers } = write('webhook', message, { secret })
      const onWire = Buffer.from(body)
      const hex = createHmac('sha256', secret).update(onWire).digest('hex')
      expect(headers?.['X-LLMOps-Signature']).toBe(`sha256=${hex}`)
    }),
  )
})

import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { channelSchema } from '#shared/contract/alerts/channels.ts'
import type { ConsoleClient } from '#shared/contract/index.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import type { TestConsole } from '../../start-console.ts'
import { consoleForTest } from '../../start-console.ts'
import { startWebhookServer } from '../alerts/channels/receivers.ts'
import { makeMessage } from '../alerts/make-message.ts'
import { eventually } from '../eventually.ts'

const manage = (opened: TestConsole, method: string, path: string, body?: unknown) =>
  opened.send({
    method,
    path: `/v1/alerts${path}`,
    headers: { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  })

const idOf = (body: unknown) => z.object({ id: z.string() }).parse(body).id

test('channels are added, read, changed in part, tested and removed, also from the rules that use them', async () => {
  const opened = await consoleForTest()
  const server = await startWebhookServer()
  const made = await manage(opened, 'POST', '/channels', {
    type: 'webhook',
    name: 'Hook',
    url: server.url,
    secret: 'hook-secret',
    allowPrivateAddresses: true,
  })
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({
    type: 'webhook',
    url: server.url,
    secretState: 'session',
    lastResult: null,
  })
  const id = idOf(made.body)
  const { body: list } = await manage(opened, 'GET', '/channels')
  expect(
    z
      .object({ items: z.array(channelSchema) })
      .parse(list)
      .items.map((channel) => channel.id),
  ).toEqual(['os', 'inApp', id])
  const changed = await manage(opened, 'PUT', `/channels/${id}`, {
    name: 'Renamed',
    bodyTemplate: '{"t": "{title}"}',
  })
  expect(changed).toMatchObject({ status: 200, body: { name: 'Renamed', secretState: 'session' } })
  const tested = await manage(opened, 'POST', `/channels/${id}/test`)
  expect(tested).toMatchObject({ status: 200, body: { status: 'sent', reason: null, lastStatus: 200 } })
  const [request] = server.received
  expect(JSON.parse(request?.body ?? '')).toEqual({ t: expect.stringContaining('Renamed') as string })
  const hex = createHmac('sha256', 'hook-secret')
    .update(request?.body ?? '')
    .digest('hex')
  expect(request?.headers['x-llmops-signature']).toBe(`sha256=${hex}`)

  const rule = await manage(opened, 'POST', '/rules', {
    name: 'Failures',
    conditions: [{ metric: 'failureRate', comparison: 'gt', threshold: 0.05 }],
    channels: ['os', 'inApp', id],
  })
  const ruleId = idOf(rule.body)
  const results = await manage(opened, 'POST', `/rules/${ruleId}/test`)
  expect(results.body).toEqual({
    results: [
      { channelId: 'os', status: 'suppressed', reason: 'unsupported', lastStatus: null },
      { channelId: 'inApp', status: 'sent', reason: null, lastStatus: null },
      { channelId: id, status: 'sent', reason: null, lastStatus: 200 },
    ],
  })
  expect((await manage(opened, 'DELETE', `/channels/${id}`)).status).toBe(204)
  expect((await manage(opened, 'GET', `/channels/${id}`)).status).toBe(404)
  expect((await manage(opened, 'GET', `/rules/${ruleId}`)).body).toMatchObject({ channels: ['os', 'inApp'] })

  // Taken back, it is there for its rules, too, unless they have changed their mind or gone.
  const client: ConsoleClient = createRouterClient(opened.console.router)
  await client.alerts.channels.restore({ id })
  expect(await client.alerts.rules.get({ id: ruleId })).toMatchObject({ channels: ['os', 'inApp', id] })
  await client.alerts.channels.remove({ id })
  await client.alerts.rules.remove({ id: ruleId })
  expect(await client.alerts.rules.restore({ id: ruleId })).toMatchObject({
    id: ruleId,
    channels: ['os', 'inApp'],
  })
  await client.alerts.channels.restore({ id })
  expect(await client.alerts.rules.get({ id: ruleId })).toMatchObject({ channels: ['os', 'inApp', id] })
})

test('what could lead a notification astray is refused, naming the field', async () => {
  const opened = await consoleForTest()
  const refused: [object, string][] = [
    [{ url: 'ftp://example.com' }, 'url'],
    [{ url: 'https://user:pass@example.com' }, 'url'],
    [{ headers: { Host: 'evil.example' } }, 'headers'],
    [{ headers: { 'X-A': 'a\r\nb' } }, 'headers'],
    [{ bodyTemplate: '{"a": {nonsense}}' }, 'bodyTemplate'],
    [
      { type: 'email', host: 'mail.example.com', from: 'me', to: ['a@example.com\r\nBcc: b@example.com'] },
      'from',
    ],
  ]
  for (const [given, field] of refused) {
    const channel = { type: 'webhook', name: 'Hook', url: 'https://example.com', ...given }
    const answer = await manage(opened, 'POST', '/channels', channel)
    expect(answer.status).toBe(400)
    expect(JSON.stringify(answer.body)).toContain(field)
  }
})

test('the channels of the system can be switched off, and nothing else', async () => {
  const opened = await consoleForTest()
  expect(await manage(opened, 'PUT', '/channels/os', { isEnabled: false })).toMatchObject({
    status: 200,
    body: { isEnabled: false, problem: 'unsupported' },
  })
  expect((await manage(opened, 'PUT', '/channels/os', { name: 'x' })).status).toBe(409)
  expect((await manage(opened, 'DELETE', '/channels/inApp')).status).toBe(409)
})

test('no secret comes back over HTTP or to the window, into the log, or onto the disk', async () => {
  const opened = await consoleForTest()
  const server = await startWebhookServer(({ path }, response) =>
    response.writeHead(500).end(`broken: ${path}`),
  )
  const secrets = ['token-in-address', 'signing-secret', 'header-secret', 'mail-password']
  const made = await manage(opened, 'POST', '/channels', {
    type: 'feishu',
    name: 'Feishu',
    url: `${server.url}/open-apis/bot/v2/hook/token-in-address`,
    secret: 'signing-secret',
    headers: { 'X-Key': 'header-secret' },
    allowPrivateAddresses: true,
  })
  const id = idOf(made.body)
  await manage(opened, 'POST', '/channels', {
    type: 'email',
    name: 'Mail',
    host: '127.0.0.1',
    port: 9,
    username: 'ops',
    password: 'mail-password',
    from: 'a@example.com',
    to: ['b@example.com'],
  })
  const client = createRouterClient(opened.console.router)
  const seen = JSON.stringify([
    made.body,
    (await manage(opened, 'GET', '/channels')).body,
    await client.alerts.channels.list(),
    await manage(opened, 'POST', `/channels/${id}/test`),
    (await manage(opened, 'GET', `/channels/${id}`)).body,
    opened.log.lines,
  ])
  expect(seen).toContain('broken: •••')
  const onDisk = readdirSync(opened.dataDir, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(join(opened.dataDir, name), 'latin1'))
    .join()
  for (const secret of secrets) {
    expect(seen).not.toContain(secret)
    expect(onDisk).not.toContain(secret)
  }
  expect(await client.alerts.channels.secretStorage()).toEqual({ state: 'session', reason: 'headless' })
})

test('what waits in the outbox when the console starts is sent', async () => {
  const dataDir = temporaryFolder()
  const server = await startWebhookServer()
  const before = await consoleForTest({ dataDir })
  const made = await manage(before, 'POST', '/channels', {
    type: 'webhook',
    name: 'Hook',
    url: server.url,
    allowPrivateAddresses: true,
  })
  const channelId = idOf(made.body)
  await before.close()
  const store = await openStore({ dataDir })
  const createdAt = Date.now()
  await store.writeAlerts({
    deliveries: [
      {
        id: 'delivery-1',
        channelId,
        ruleId: 'rule-1',
        event: 'firing',
        payload: makeMessage({ createdAt }),
        recordIds: ['record-1'],
        status: 'queued',
        reason: null,
        createdAt,
      },
    ],
  })
  await store.close()
  const after = await consoleForTest({ dataDir })
  await eventually(
    async () => server.received.length,
    (count) => count === 1,
  )
  expect(server.received[0]?.headers['x-llmops-delivery']).toBe('delivery-1')
  const channel = () => manage(after, 'GET', `/channels/${channelId}`)
  await eventually(channel, ({ body }) => channelSchema.parse(body).lastResult?.status === 'sent')
})

import { createHmac } from 'node:crypto'
import { expect, test } from '@playwright/test'
import type { MailServer } from '../receivers/mail-server.ts'
import { openMailServer } from '../receivers/mail-server.ts'
import type { WebhookServer } from '../receivers/webhook-server.ts'
import { openWebhookServer } from '../receivers/webhook-server.ts'
import type { NotificationReader } from './desktop-notifications.ts'
import { readDesktopNotifications } from './desktop-notifications.ts'
import type { LaunchOptions, RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
let desktop: NotificationReader
let hook: WebhookServer
let mail: MailServer

test.beforeEach(async () => {
  desktop = await readDesktopNotifications()
  hook = await openWebhookServer()
  mail = await openMailServer({ disabledCommands: ['STARTTLS', 'AUTH'] })
})
test.afterEach(async () => {
  await running.close()
  await desktop.close()
  await mail.close()
  hook.close()
})

async function launch(options: LaunchOptions = {}): Promise<void> {
  running = await launchApp({ ...options, env: { LLMOPS_ALERT_INTERVAL_S: '1' } })
}

async function manage(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${running.url}/v1/alerts${path}`, {
    method,
    headers: { authorization: `Bearer ${running.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(answer.ok).toBe(true)
  return answer.status === 204 ? undefined : answer.json()
}

async function create(path: string, body: unknown): Promise<string> {
  const { id } = (await manage('POST', path, body)) as { id: string }
  return id
}

async function postCalls(count: number, call: object): Promise<void> {
  const answer = await fetch(`${running.url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Array.from({ length: count }, () => ({ app: 'checkout-bot', ...call }))),
  })
  expect(answer.ok).toBe(true)
}

interface SentRecord {
  id: string
  state: string
  notifications: { channelId: string; event: string; status: string }[]
}

async function newestRecord(): Promise<SentRecord | undefined> {
  const { items } = (await manage('GET', '/records')) as { items: SentRecord[] }
  return items[0]
}

/** How the notifications of the newest record went: `firing sent`. */
const notificationsOf = async () =>
  (await newestRecord())?.notifications.map(({ event, status }) => `${event} ${status}`).sort()

const addHook = (given: object = {}) =>
  create('/channels', {
    type: 'webhook',
    name: 'Hook',
    url: `${hook.url}/alerts`,
    allowPrivateAddresses: true,
    ...given,
  })
const addMail = () =>
  create('/channels', {
    type: 'email',
    name: 'Mail',
    host: '127.0.0.1',
    port: mail.port,
    security: 'none',
    from: 'Console <console@example.com>',
    to: ['ops@example.com'],
  })

test('a test reaches desktop, mail server and chat in the language of the user, with no markup of others in it', async () => {
  await launch({ language: 'zh-CN' })
  const channels = ['os', await addMail(), await addHook({ type: 'slack' })]
  const id = await create('/rules', {
    name: '<b>Failures</b> & more',
    conditions: [{ metric: 'failureRate', comparison: 'gt', threshold: 0.05 }],
    channels,
  })
  expect(await manage('POST', `/rules/${id}/test`)).toEqual({
    results: [null, 250, 200].map((lastStatus, index) => ({
      channelId: channels[index],
      status: 'sent',
      reason: null,
      lastStatus,
    })),
  })
  await expect.poll(() => desktop.received).toHaveLength(1)
  const [{ title, body } = { title: '', body: '' }] = desktop.received
  expect(title).toBe('[测试] 警告 <b>Failures</b> & more')
  expect(body).toContain('这是一条测试通知')
  expect(body).toContain('失败率：5%（阈值 5%）')
  expect(body).not.toMatch(/[<>&]/)
  expect(mail.received).toMatchObject([{ to: ['ops@example.com'] }])
  expect(hook.received[0]?.body).toContain('[测试] 警告 &lt;b&gt;Failures&lt;/b&gt; &amp; more')
})

test('calls that fail are told of by the desktop, by e-mail and by a signed webhook, and so is their end', async () => {
  // A group is looked at again after a minute.
  test.setTimeout(180_000)
  await launch()
  const hookId = await addHook({ secret: 'hook-secret' })
  const mailId = await addMail()
  await create('/rules', {
    name: 'Failures over half',
    severity: 'critical',
    conditions: [{ metric: 'failureRate', comparison: 'gt', threshold: 0.5, windowMinutes: 5 }],
    channels: ['os', hookId, mailId],
  })
  await postCalls(5, { status: 'error', errorType: 'timeout' })

  await expect
    .poll(notificationsOf, { timeout: 40_000 })
    .toEqual(['firing sent', 'firing sent', 'firing sent'])
  await expect
    .poll(() => desktop.received.map(({ title }) => title))
    .toEqual(['[Firing] Critical Failures over half'])
  expect(desktop.received[0]?.body).toContain('Failure rate: 100% (threshold 50%)')
  expect(mail.received).toMatchObject([{ from: 'console@example.com', to: ['ops@example.com'] }])
  expect(mail.received[0]?.source).toContain('Failures over half')
  const [request] = hook.received
  const signature = createHmac('sha256', 'hook-secret')
    .update(request?.body ?? '')
    .digest('hex')
  expect(request?.headers['x-llmops-signature']).toBe(`sha256=${signature}`)
  expect(JSON.parse(request?.body ?? '')).toMatchObject({
    event: 'firing',
    rule: { name: 'Failures over half', severity: 'critical' },
    records: [{ metric: 'failureRate', lastValue: 1 }],
  })

  const record = await newestRecord()
  await desktop.click()
  await expect(running.page).toHaveURL(new RegExp(`#/alerts/records/${record?.id}$`))

  await postCalls(100, { status: 'ok' })
  await expect
    .poll(notificationsOf, { timeout: 100_000 })
    .toEqual([...Array<string>(3).fill('firing sent'), ...Array<string>(3).fill('resolved sent')])
  expect((await newestRecord())?.state).toBe('resolved')
  await expect.poll(() => desktop.received[1]?.title).toBe('[Resolved] Failures over half')
  expect(hook.received.map(({ body }) => (JSON.parse(body) as { event: string }).event)).toEqual([
    'firing',
    'resolved',
  ])
  expect(mail.received).toHaveLength(2)
})

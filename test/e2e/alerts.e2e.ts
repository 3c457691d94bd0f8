import { expect, test } from '@playwright/test'
import type { NotificationReader } from './desktop-notifications.ts'
import { readDesktopNotifications } from './desktop-notifications.ts'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
let desktop: NotificationReader
test.beforeEach(async () => {
  desktop = await readDesktopNotifications()
})
test.afterEach(async () => {
  await running.close()
  await desktop.close()
})

const manage = async (method: string, path: string, body?: unknown): Promise<unknown> => {
  const answer = await fetch(`${running.url}/v1/alerts${path}`, {
    method,
    headers: { authorization: `Bearer ${running.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(answer.ok).toBe(true)
  return answer.status === 204 ? undefined : answer.json()
}

test('the desktop shows a notification in the language of the user, with no markup of others in it', async () => {
  running = await launchApp({ language: 'zh-CN' })
  const rule = await manage('POST', '/rules', {
    name: '<b>Failures</b> & more',
    conditions: [{ metric: 'failureRate', comparison: 'gt', threshold: 0.05 }],
    channels: ['os'],
  })
  const { id } = rule as { id: string }
  expect(await manage('POST', `/rules/${id}/test`)).toEqual({
    results: [{ channelId: 'os', status: 'sent', reason: null, lastStatus: null }],
  })
  await expect.poll(() => desktop.received).toHaveLength(1)
  const [{ title, body } = { title: '', body: '' }] = desktop.received
  expect(title).toBe('[测试] 警告 <b>Failures</b> & more')
  expect(body).toContain('这是一条测试通知')
  expect(body).toContain('失败率：5%（阈值 5%）')
  expect(body).not.toMatch(/[<>&]/)
})

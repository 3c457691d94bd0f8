import type { AppLog } from '#shared/contract/app-logs.ts'
import { appLogSchema } from '#shared/contract/app-logs.ts'
import type { CollectorStatus } from '#shared/contract/collector.ts'
import { collectorStatusSchema } from '#shared/contract/collector.ts'
import type { TestConsole } from '../../../start-console.ts'
import { consoleForTest } from '../../../start-console.ts'
import { eventually } from '../../eventually.ts'

/** A console whose upstreams lead to servers of the test. */
export async function consoleWith(baseUrls: Record<string, string>): Promise<TestConsole> {
  const opened = await consoleForTest()
  for (const [name, baseUrl] of Object.entries(baseUrls)) await leadTo(opened, name, baseUrl)
  return opened
}

export async function leadTo(opened: TestConsole, name: string, baseUrl: string): Promise<void> {
  const { status } = await opened.send({
    method: 'PUT',
    path: `/v1/upstreams/${name}`,
    headers: { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' },
    body: { baseUrl },
  })
  if (status !== 200) throw new Error(`the upstream was not changed: ${status}`)
}

/** All calls, newest first, once there are as many as expected; that no more follow is for the caller to see. */
export async function callsOf(opened: TestConsole, count: number): Promise<AppLog[]> {
  const items = await eventually(
    async () => itemsOf((await opened.get('/v1/app-logs')).body),
    (list) => list.length >= count,
  )
  return Promise.all(
    items.map(async (requestId) =>
      appLogSchema.parse((await opened.get(`/v1/app-logs/${encodeURIComponent(requestId)}`)).body),
    ),
  )
}

/** The only call there is. */
export async function onlyCall(opened: TestConsole): Promise<AppLog> {
  const calls = await callsOf(opened, 1)
  const [call] = calls
  if (!call || calls.length > 1) throw new Error(`there are ${calls.length} calls`)
  return call
}

export async function statusOf(opened: TestConsole): Promise<CollectorStatus> {
  return collectorStatusSchema.parse((await opened.get('/v1/collector/status')).body)
}

function itemsOf(body: unknown): string[] {
  if (typeof body !== 'object' || body === null || !('items' in body) || !Array.isArray(body.items)) return []
  return body.items.map((item: { requestId: string }) => item.requestId)
}

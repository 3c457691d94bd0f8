import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { retentionStatusSchema } from '#shared/contract/retention.ts'
import { eventually } from '../eventually.ts'
import { consoleForTest } from '../../start-console.ts'

const DAY = 24 * 3_600_000

test(
  'a user whose calls are gone and archived is in no file any more when forgotten, and figures stay',
  { timeout: 90_000 },
  async () => {
    const { post, send, get, token, dataDir, console: running } = await consoleForTest()
    const started = Date.now() - 200 * DAY
    const calls = ['alice-4711', 'bob-0815'].map((userId, index) => ({
      requestId: `call-${index}`,
      app: 'shop',
      userId,
      startedAt: new Date(started + index).toISOString(),
      prompt: `I am ${userId}`,
    }))
    expect((await post(calls)).body).toMatchObject({ accepted: 2 })
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const manage = (method: string, path: string, body: unknown = {}) => send({ method, path, headers, body })
    expect((await manage('POST', '/v1/retention/runs')).status).toBe(200)
    const status = async () => retentionStatusSchema.parse((await get('/v1/retention')).body)
    const done = await eventually(status, ({ progress }) => progress === null, 60_000)
    expect(done.lastRun).toMatchObject({ state: 'done', result: { calls: 2 } })

    expect((await manage('POST', '/v1/privacy/forget-user', { userId: 'alice-4711' })).status).toBe(200)
    const range = `from=${started - DAY}&to=${Date.now()}`
    expect((await get(`/v1/monitoring/summary?${range}`)).body).toMatchObject({ requests: 2 })
    await running.close()
    const folder = join(dataDir, 'archives')
    const archived = readdirSync(folder)
      .filter((file) => file.endsWith('.gz'))
      .map((file) => gunzipSync(readFileSync(join(folder, file))).toString())
      .join('')
    expect(archived).toContain('bob-0815')
    expect(archived).not.toContain('alice-4711')
    const database = readFileSync(join(dataDir, 'llmops.sqlite'))
    expect(database.includes('bob-0815')).toBe(true)
    expect(database.includes('alice-4711')).toBe(false)
  },
)

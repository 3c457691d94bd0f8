import { expect, test } from 'vitest'
import * as z from 'zod'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { sendTo } from '../../start-console.ts'
import { eventually } from '../eventually.ts'
import { startHeadless } from '../start-headless.ts'

test('a script backs up and restores; the console restarts on its port and has what the backup has', async () => {
  const dataDir = temporaryFolder()
  const { ready, stderr } = startHeadless({ args: ['--port', '0', '--data-dir', dataDir] })
  const { url, token } = await ready
  const ask = (method: string, path: string, body?: unknown) =>
    sendTo(url, {
      method,
      path,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
    })
  const post = (requestId: string) =>
    sendTo(url, {
      method: 'POST',
      path: '/v1/app-logs',
      headers: { 'content-type': 'application/json' },
      body: { requestId, app: 'a' },
    })
  await post('before')
  const made = await ask('POST', '/v1/backups')
  expect(made.status).toBe(201)
  const { name } = z.object({ name: z.string() }).parse(made.body)
  await post('since')
  expect((await ask('POST', `/v1/backups/${encodeURIComponent('../llmops.sqlite')}/restore`)).status).toBe(
    400,
  )
  expect((await ask('POST', '/v1/backups/llmops-20200101T000000Z-manual.sqlite/restore')).status).toBe(404)
  const restored = await ask('POST', `/v1/backups/${name}/restore`)
  expect(restored.status).toBe(200)
  await eventually(
    async () => stderr(),
    (text) => text.includes('listens on'),
    60_000,
  )
  expect((await ask('GET', '/v1/app-logs/before')).status).toBe(200)
  expect((await ask('GET', '/v1/app-logs/since')).status).toBe(404)
  expect((await ask('GET', '/v1/database')).body).toMatchObject({
    lastRestore: { backup: name, restored: true },
  })
  expect((await post('after')).status).toBe(200)
  const { keptAs } = z.object({ keptAs: z.string() }).parse(restored.body)
  const backups = z
    .object({ items: z.array(z.object({ name: z.string(), calls: z.number() })) })
    .parse((await ask('GET', '/v1/backups')).body)
  // Both may be of the same second.
  expect(new Map(backups.items.map((backup) => [backup.name, backup.calls]))).toEqual(
    new Map([
      [keptAs, 2],
      [name, 1],
    ]),
  )
})

import { once } from 'node:events'
import type { Server } from 'node:net'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, expect, onTestFinished, test } from 'vitest'
import { LIMITS } from '#shared/limits.ts'
import { consoleForTest, sendTo, startConsole } from '../../start-console.ts'
import { textContaining } from '../some-text.ts'

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
)

/** Another program that listens; gives null if the port is not free. */
async function occupy(port: number, host = '127.0.0.1'): Promise<Server | null> {
  const server = createServer()
  const outcome = Promise.race([
    once(server, 'listening').then(() => true),
    once(server, 'error').then(() => false),
  ])
  server.listen({ port, host, exclusive: true })
  if (!(await outcome.catch(() => false))) return null
  onTestFinished(() => void server.close())
  return server
}

async function occupySome(host?: string): Promise<number> {
  const address = (await occupy(0, host))?.address()
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}

/** Takes as many ports in a row as the collector tries, and gives the first. */
async function occupyRow(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    // Below the range from which systems hand out free ports.
    const first = 20_000 + Math.floor(Math.random() * 10_000)
    const servers: (Server | null)[] = []
    for (let offset = 0; offset < LIMITS.portsTried; offset += 1) servers.push(await occupy(first + offset))
    if (servers.every((server) => server !== null)) return first
    for (const server of servers) server?.close()
  }
  throw new Error('no row of free ports')
}

describe('the collector', () => {
  test('answers at localhost as at 127.0.0.1', async () => {
    const { url } = await consoleForTest()
    for (const host of ['127.0.0.1', 'localhost']) {
      const answer = await sendTo(url.replace('127.0.0.1', host), { path: '/healthz' })
      expect(answer).toMatchObject({ status: 200, body: { status: 'ok' } })
    }
  })

  test.skipIf(!hasIpv6)(
    `answers at [::1]${hasIpv6 ? '' : ' (skipped: this machine has no ::1)'}`,
    async () => {
      const { url } = await consoleForTest()
      const answer = await sendTo(url.replace('127.0.0.1', '[::1]'), { path: '/healthz' })
      expect(answer).toMatchObject({ status: 200, body: { status: 'ok' } })
    },
  )

  test('is not reached over any other address of this machine', async () => {
    const { url } = await consoleForTest()
    const others = Object.values(networkInterfaces()).flatMap((addresses) =>
      (addresses ?? []).filter(({ internal, family }) => !internal && family === 'IPv4'),
    )
    for (const { address } of [...others, { address: '127.0.0.2' }]) {
      await expect(sendTo(url.replace('127.0.0.1', address), { path: '/healthz' })).rejects.toThrow(
        'ECONNREFUSED',
      )
    }
  })

  test('takes the next free port when its own is taken, and says so', async () => {
    const taken = await occupySome()
    const { url, log, get } = await consoleForTest({ port: taken })
    const port = Number(new URL(url).port)
    expect(port).toBeGreaterThan(taken)
    expect(port).toBeLessThan(taken + LIMITS.portsTried)
    expect(log.lines.join('\n')).toContain(`port ${taken} is taken; the collector listens on ${port}`)
    expect((await get('/v1/collector/status')).body).toMatchObject({ port, requestedPort: taken, url })
  })

  test.skipIf(!hasIpv6)('takes the next port too when only ::1 has its own taken', async () => {
    const taken = await occupySome('::1')
    const { url } = await consoleForTest({ port: taken })
    expect(Number(new URL(url).port)).toBeGreaterThan(taken)
  })

  test('gives up when all ports that it tries are taken, and lets go of the data folder', async () => {
    const first = await occupyRow()
    const opened = await consoleForTest()
    await opened.console.close()
    await expect(startConsole({ port: first, dataDir: opened.dataDir })).rejects.toMatchObject({
      code: 'port-unavailable',
      message: textContaining(`from ${first} to ${first + LIMITS.portsTried - 1}`),
    })
    const again = await startConsole({ dataDir: opened.dataDir })
    expect((await again.get('/v1/collector/status')).status).toBe(200)
    await again.close()
  })

  test('closes although clients keep their connections open, and takes nothing after', async () => {
    const opened = await consoleForTest()
    const answers = await Promise.all(Array.from({ length: 20 }, () => opened.post({ app: 'a' })))
    expect(answers.every(({ headers }) => headers.connection === 'keep-alive')).toBe(true)
    await opened.console.close()
    await expect(sendTo(opened.url, { path: '/healthz' })).rejects.toThrow('ECONNREFUSED')
  })
})

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { afterEach, describe, expect, test } from 'vitest'
import { containerBridges } from '../../../src/main/collector/container-hosts.ts'
import { isWithin } from '../../../src/main/collector/container-door.ts'
import type { TestConsole } from '../../start-console.ts'
import { startConsole } from '../../start-console.ts'

let running: TestConsole | undefined
afterEach(async () => {
  await running?.close()
  running = undefined
})

/** A port that is free now, or taken by a server of the test. */
async function takePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { port, release: () => new Promise((resolve) => server.close(resolve)) }
}

const post = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"app":"shop"}',
  })

describe('another port', () => {
  test('holds at once, is told to scripts, and is kept for the next start', async () => {
    running = await startConsole()
    const { url: before, dataDir, console } = running
    const client = createRouterClient(console.router)
    const { port, release } = await takePort()
    await release()

    expect(await client.collector.changePort({ port })).toEqual({ port, url: `http://127.0.0.1:${port}` })

    expect((await post(`http://127.0.0.1:${port}`)).status).toBe(200)
    await expect(post(before)).rejects.toThrow()
    const told: unknown = JSON.parse(readFileSync(join(dataDir, 'collector.json'), 'utf8'))
    expect(told).toMatchObject({ port, url: `http://127.0.0.1:${port}` })
    expect(await client.collector.status()).toMatchObject({ port, requestedPort: port })
    expect(await client.settings.get()).toMatchObject({ port })
  })

  test('that is taken changes nothing', async () => {
    running = await startConsole()
    const client = createRouterClient(running.console.router)
    const { port, release } = await takePort()

    await expect(client.collector.changePort({ port })).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(client.collector.changePort({ port: 80 })).rejects.toMatchObject({ code: 'BAD_REQUEST' })

    expect((await post(running.url)).status).toBe(200)
    expect(await client.settings.get()).toMatchObject({ port: 4318 })
    await release()
  })
})

describe('containers', () => {
  test('come in by the names they have for this machine once they may, with a token, to send calls only', async () => {
    running = await startConsole()
    const { send, console } = running
    const client = createRouterClient(console.router)
    const { token } = await client.collector.appToken()
    const { port } = new URL(console.url)
    const host = `host.docker.internal:${port}`
    const call = { method: 'POST', path: '/v1/app-logs', body: { app: 'boxed' } }
    const asContainer = (headers: Record<string, string> = {}) =>
      send({ ...call, headers: { host, 'content-type': 'application/json', ...headers } })
    const withToken = { authorization: `Bearer ${token}` }

    expect((await asContainer(withToken)).status).toBe(403)
    await client.settings.update({ isOpenToContainers: true })
    expect((await client.collector.status()).containerUrls).toContain(`http://${host}`)
    expect((await asContainer()).status).toBe(401)
    expect((await asContainer(withToken)).status).toBe(200)
    const management = { host, authorization: `Bearer ${running.token}` }
    expect((await send({ path: '/v1/app-logs', headers: management })).status).toBe(403)
    const page = { origin: 'http://evil.example', ...withToken }
    expect((await asContainer(page)).status).toBe(403)
    await client.settings.update({ isOpenToContainers: false })
    expect((await asContainer(withToken)).status).toBe(403)
  })

  test('have networks of their own, and nobody else is in these', () => {
    const bridge = (address: string) => ({
      address,
      netmask: '255.255.0.0',
      family: 'IPv4' as const,
      mac: '02:42:00:00:00:01',
      internal: false,
      cidr: `${address}/16`,
    })
    const interfaces = {
      docker0: [bridge('172.17.0.1')],
      'br-0123456789ab': [bridge('172.18.0.1')],
      eth0: [bridge('192.168.1.5')],
    }
    expect(containerBridges(interfaces).map(({ address }) => address)).toEqual(['172.17.0.1', '172.18.0.1'])
    expect(isWithin('172.17.0.1/16', '172.17.3.4')).toBe(true)
    expect(isWithin('172.17.0.1/16', '::ffff:172.17.3.4')).toBe(true)
    expect(isWithin('172.17.0.1/16', '192.168.1.9')).toBe(false)
    expect(isWithin('172.17.0.1/16', undefined)).toBe(false)
  })
})

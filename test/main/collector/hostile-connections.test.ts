import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { collectorStatusSchema } from '#shared/contract/collector.ts'
import type { TestConsole } from '../../start-console.ts'
import { consoleForTest } from '../../start-console.ts'

const IDLE_CONNECTIONS = 2_000

const portOf = (console: TestConsole) => Number(new URL(console.url).port)

async function open(console: TestConsole): Promise<Socket> {
  const socket = connect(portOf(console), '127.0.0.1')
  // What the collector cuts is cut: the test looks at what came before.
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** Sends bytes as they are and reads all that comes until the other side closes. */
async function exchange(console: TestConsole, text: string): Promise<string> {
  const socket = await open(console)
  let received = ''
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
  const closed = once(socket, 'close')
  socket.write(text)
  await closed
  return received
}

const head = (console: TestConsole, ...lines: string[]) =>
  [...lines.map((line) => line.replace('HOST', `127.0.0.1:${portOf(console)}`)), '', ''].join('\r\n')

describe('requests that no honest client sends', () => {
  test.each([
    ['two Host headers', ['GET /healthz HTTP/1.1', 'Host: HOST', 'Host: evil.com', 'Connection: close']],
    ['two equal Host headers', ['GET /healthz HTTP/1.1', 'Host: HOST', 'Host: HOST', 'Connection: close']],
    ['no Host header', ['GET /healthz HTTP/1.1', 'Connection: close']],
    ['an absolute URL', ['GET http://HOST/healthz HTTP/1.1', 'Host: HOST', 'Connection: close']],
    [
      'both a length and chunks',
      ['POST /v1/app-logs HTTP/1.1', 'Host: HOST', 'Content-Length: 4', 'Transfer-Encoding: chunked'],
    ],
    ['no HTTP at all', ['hello']],
  ])('%s: 400', async (_name, lines) => {
    const console = await consoleForTest()
    expect(await exchange(console, head(console, ...lines))).toMatch(/^HTTP\/1\.1 400 /)
  })

  test('headers over their limit: 431', async () => {
    const console = await consoleForTest()
    const lines = ['GET /healthz HTTP/1.1', 'Host: HOST', `X-Large: ${'x'.repeat(20_000)}`]
    expect(await exchange(console, head(console, ...lines))).toMatch(/^HTTP\/1\.1 431 /)
  })

  test.each([
    [
      'a WebSocket upgrade',
      [
        'GET /v1/app-logs HTTP/1.1',
        'Host: HOST',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
      ],
    ],
    ['CONNECT', ['CONNECT evil.com:443 HTTP/1.1', 'Host: evil.com:443']],
  ])('%s is closed without an answer', async (_name, lines) => {
    const console = await consoleForTest()
    expect(await exchange(console, head(console, ...lines))).toBe('')
  })

  test('a preflight is refused and gets no CORS header', async () => {
    const console = await consoleForTest()
    const answer = await console.send({
      method: 'OPTIONS',
      path: '/v1/app-logs',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })
    expect(answer.status).toBe(403)
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('what the door turned away is counted by reason', async () => {
    const console = await consoleForTest()
    await console.send({ headers: { host: 'evil.com' } })
    await console.send({ headers: { origin: 'null' } })
    await console.send({ path: '/nothing' })
    const { counters } = collectorStatusSchema.parse((await console.get('/v1/collector/status')).body)
    expect(counters.refused).toEqual({ host: 1, origin: 1, path: 1 })
  })
})

describe('slow and idle connections', () => {
  test('headers and bodies that do not come are answered 408, while others are served', async () => {
    const console = await consoleForTest()
    const slowHeaders = exchange(
      console,
      `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${portOf(console)}\r\nX-Sl`,
    )
    const slowBody = exchange(
      console,
      head(
        console,
        'POST /v1/app-logs HTTP/1.1',
        'Host: HOST',
        'Content-Type: application/json',
        'Content-Length: 100',
      ),
    )
    expect((await console.post({ app: 'others' })).status).toBe(200)
    expect(await slowHeaders).toMatch(/^HTTP\/1\.1 408 /)
    expect(await slowBody).toMatch(/^HTTP\/1\.1 408 /)
    const { store } = collectorStatusSchema.parse((await console.get('/v1/collector/status')).body)
    expect(store.calls).toBe(1)
  })

  test(`a call is taken while ${IDLE_CONNECTIONS} connections idle`, async () => {
    const console = await consoleForTest()
    const sockets: Socket[] = []
    try {
      for (let count = 0; count < IDLE_CONNECTIONS; count += 1) sockets.push(await open(console))
      expect((await console.post({ app: 'busy' })).status).toBe(200)
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  })
})

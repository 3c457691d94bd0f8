import { once } from 'node:events'
import type { RequestOptions } from 'node:http'
import { createServer, request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { BodyResult } from '../../../src/main/collector/body.ts'
import { ByteBudget } from '../../../src/main/ingest/index.ts'
import { readBody } from '../../../src/main/collector/body.ts'

const LIMIT = 1000

/** Sends a body to a real server and gives what `readBody` made of it. */
async function receive(
  chunks: readonly (string | Uint8Array)[],
  headers: RequestOptions['headers'] = {},
  { cutAfterChunks = false, queue = new ByteBudget(10 * LIMIT) } = {},
): Promise<BodyResult> {
  const server = createServer()
  const result = new Promise<BodyResult>((resolve, reject) => {
    server.once('request', (incoming, response) => {
      readBody(incoming, LIMIT, queue).then((read) => {
        resolve(read)
        incoming.resume()
        response.end()
      }, reject)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const outgoing = request({ port: address.port, host: '127.0.0.1', method: 'POST', headers, agent: false })
  // The server may have had enough before everything is sent.
  outgoing.on('error', () => undefined)
  for (const chunk of chunks) outgoing.write(chunk)
  if (cutAfterChunks) {
    await once(server, 'request')
    outgoing.destroy()
  } else {
    outgoing.end()
  }
  return result
}

const textOf = (result: BodyResult) => (result.ok ? result.body.toString() : result.refusal.reason)

describe('readBody', () => {
  test.each([
    { name: 'a body in one piece', chunks: ['abc'], expected: 'abc' },
    { name: 'a body in several pieces', chunks: ['a', 'b', 'c'], expected: 'abc' },
    { name: 'no body', chunks: [], expected: '' },
    { name: 'a body of exactly the limit', chunks: ['x'.repeat(LIMIT)], expected: 'x'.repeat(LIMIT) },
  ])('reads $name', async ({ chunks, expected }) => {
    expect(textOf(await receive(chunks))).toBe(expected)
  })

  test.each([
    { name: 'gzip', chunks: [gzipSync('zipped')], encoding: 'gzip' },
    { name: 'gzip, whatever the case', chunks: [gzipSync('zipped')], encoding: ' GZIP ' },
    { name: 'gzip of two members', chunks: [gzipSync('zip'), gzipSync('ped')], encoding: 'gzip' },
    { name: 'what says that it is not encoded', chunks: ['zipped'], encoding: 'identity' },
  ])('reads $name', async ({ chunks, encoding }) => {
    expect(textOf(await receive(chunks, { 'content-encoding': encoding }))).toBe('zipped')
  })

  test('reads gzip of exactly the limit', async () => {
    const read = await receive([gzipSync('x'.repeat(LIMIT))], { 'content-encoding': 'gzip' })
    expect(textOf(read)).toHaveLength(LIMIT)
  })

  test.each([
    {
      name: 'one byte more than the limit',
      chunks: ['x'.repeat(LIMIT + 1)],
      headers: {},
      reason: 'body-too-large',
    },
    {
      name: 'pieces that add up to more',
      chunks: Array<string>(11).fill('x'.repeat(100)),
      headers: {},
      reason: 'body-too-large',
    },
    {
      name: 'an announced length beyond the limit',
      chunks: ['x'],
      headers: { 'content-length': LIMIT + 1 },
      reason: 'body-too-large',
    },
    {
      name: 'gzip that inflates beyond the limit',
      chunks: [gzipSync('x'.repeat(LIMIT + 1))],
      headers: { 'content-encoding': 'gzip' },
      reason: 'body-too-large',
    },
    {
      name: 'gzip that is none',
      chunks: ['not gzip'],
      headers: { 'content-encoding': 'gzip' },
      reason: 'gzip',
    },
    {
      name: 'gzip that ends early',
      chunks: [gzipSync('x'.repeat(500)).subarray(0, -9)],
      headers: { 'content-encoding': 'gzip' },
      reason: 'gzip',
    },
    {
      name: 'gzip with a wrong checksum',
      chunks: [gzipSync('abc').subarray(0, -8), new Uint8Array(8)],
      headers: { 'content-encoding': 'gzip' },
      reason: 'gzip',
    },
    {
      name: 'an empty body that claims to be gzip',
      chunks: [],
      headers: { 'content-encoding': 'gzip' },
      reason: 'gzip',
    },
    { name: 'brotli', chunks: ['x'], headers: { 'content-encoding': 'br' }, reason: 'content-encoding' },
    {
      name: 'gzip twice',
      chunks: ['x'],
      headers: { 'content-encoding': 'gzip, gzip' },
      reason: 'content-encoding',
    },
  ])('refuses $name', async ({ chunks, headers, reason }) => {
    expect(textOf(await receive(chunks, headers))).toBe(reason)
  })

  test.each([
    { name: 'a body', headers: { 'content-length': 500 } },
    { name: 'a gzip body', headers: { 'content-length': 500, 'content-encoding': 'gzip' } },
  ])('tells $name that was cut off from one that ended', async ({ headers }) => {
    const start = gzipSync('x'.repeat(500)).subarray(0, 12)
    expect(textOf(await receive([start], headers, { cutAfterChunks: true }))).toBe('body-cut-off')
  })

  test('holds room in the queue until it is done with', async () => {
    const queue = new ByteBudget(2 * LIMIT)
    const first = await receive(['x'.repeat(600)], {}, { queue })
    const zipped = await receive([gzipSync('x'.repeat(900))], { 'content-encoding': 'gzip' }, { queue })
    expect(queue.takenBytes).toBe(1500)
    expect(textOf(await receive(['x'.repeat(501)], {}, { queue }))).toBe('queue-full')
    expect(queue.takenBytes).toBe(1500)
    if (first.ok) first.release()
    expect(textOf(await receive(['x'.repeat(501)], {}, { queue }))).toHaveLength(501)
    if (zipped.ok) zipped.release()
    expect(queue.takenBytes).toBe(501)
  })

  test.each([
    { name: 'announces more than there is room for', chunks: ['x'], headers: { 'content-length': 501 } },
    { name: 'turns out larger', chunks: Array<string>(6).fill('x'.repeat(100)), headers: {} },
    {
      name: 'inflates to more',
      chunks: [gzipSync('x'.repeat(501))],
      headers: { 'content-encoding': 'gzip' },
    },
  ])('is told to come back when a body $name, and leaves nothing behind', async ({ chunks, headers }) => {
    const queue = new ByteBudget(500)
    const read = await receive(chunks, headers, { queue })
    expect(read).toMatchObject({ ok: false, refusal: { status: 429, headers: { 'retry-after': '1' } } })
    expect(queue.takenBytes).toBe(0)
  })

  test.each([
    { name: 'is cut off', options: { cutAfterChunks: true }, headers: { 'content-length': 500 } },
    { name: 'is too large', options: {}, headers: {} },
  ])('leaves no bytes in the queue when a body $name', async ({ options, headers }) => {
    const queue = new ByteBudget(10 * LIMIT)
    const chunks = options.cutAfterChunks ? ['x'] : Array<string>(11).fill('x'.repeat(100))
    expect(await receive(chunks, headers, { ...options, queue })).toMatchObject({ ok: false })
    expect(queue.takenBytes).toBe(0)
  })
})

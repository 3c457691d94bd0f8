import { createRouterClient } from '@orpc/server'
import { describe, expect, test } from 'vitest'
import type { ConsoleClient } from '#shared/contract/index.ts'
import { consoleForTest } from '../start-console.ts'

describe('live events', () => {
  test('come after calls are committed, together for many posts, and count every call once', async () => {
    const opened = await consoleForTest()
    const client: ConsoleClient = createRouterClient(opened.console.router)
    const stop = new AbortController()
    const events = await client.collector.events(undefined, { signal: stop.signal })
    let next = events.next()
    const posts = 30
    for (let index = 0; index < posts; index += 1) await opened.post([{ app: 'a' }, { app: 'b' }])

    const received: number[] = []
    while (received.reduce((sum, stored) => sum + stored, 0) < posts * 2) {
      const { value, done } = await next
      if (done === true) throw new Error('the events ended early')
      expect(value.type).toBe('calls')
      received.push(value.stored)
      next = events.next()
    }
    expect(received.reduce((sum, stored) => sum + stored, 0)).toBe(posts * 2)
    expect(received.length).toBeLessThan(posts)
    next.catch(() => undefined)
    stop.abort()
  })

  test('end when the listener goes', async () => {
    const opened = await consoleForTest()
    const client: ConsoleClient = createRouterClient(opened.console.router)
    const stop = new AbortController()
    const events = await client.collector.events(undefined, { signal: stop.signal })
    const next = events.next()
    stop.abort()
    await expect(
      next.then(
        ({ done }) => done === true,
        () => true,
      ),
    ).resolves.toBe(true)
  })
})

describe('a store that is closed', () => {
  test('is told to the window as unavailable', async () => {
    const opened = await consoleForTest()
    const client: ConsoleClient = createRouterClient(opened.console.router)
    await opened.console.close()
    await expect(client.collector.status()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', status: 503 })
  })
})

describe('a test call', () => {
  test('is stored under an app of its own, told to the window, and adds nothing to tokens and cost', async () => {
    const opened = await consoleForTest()
    const client: ConsoleClient = createRouterClient(opened.console.router)

    const sent = await client.collector.sendTestCall()

    const { items } = await client.appLogs.list({})
    expect(items).toMatchObject([
      {
        ...sent,
        app: 'llmops-console-test',
        source: 'native',
        status: 'ok',
        costNanos: 0,
        totalTokens: 0,
      },
    ])
    expect(JSON.stringify((await opened.get('/openapi.json')).body)).not.toContain('sendTestCall')
  })
})

describe('a file of a page', () => {
  const file = { name: 'calls', type: 'text/csv' as const, content: new Blob(['x']) }

  test('goes to whoever asks the user where to', async () => {
    const saved: string[] = []
    const opened = await consoleForTest({
      saveFile: async ({ name, content }) => {
        saved.push(`${name} ${await content.text()}`)
        return { outcome: 'saved', fileName: 'calls.csv' }
      },
    })
    const client: ConsoleClient = createRouterClient(opened.console.router)
    expect(await client.files.save(file)).toEqual({ outcome: 'saved', fileName: 'calls.csv' })
    expect(saved).toEqual(['calls x'])
  })

  test('is not saved without a window, nor over HTTP', async () => {
    const opened = await consoleForTest()
    const client: ConsoleClient = createRouterClient(opened.console.router)
    expect(await client.files.save(file)).toEqual({ outcome: 'failed', reason: 'other' })
    const answer = await opened.send({
      method: 'POST',
      path: '/files/save',
      headers: { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' },
      body: { name: 'calls', type: 'text/csv' },
    })
    expect(answer.status).toBe(404)
  })
})

test('without a window no page can be captured, which is said', async () => {
  const opened = await consoleForTest()
  const client: ConsoleClient = createRouterClient(opened.console.router)
  await expect(client.files.capture({ type: 'application/pdf' })).rejects.toMatchObject({
    code: 'NOT_AVAILABLE',
  })
  expect(JSON.stringify((await opened.get('/openapi.json')).body)).not.toContain('files.capture')
})

test('an archive that cannot be restored is told of by its problem, also step by step', async () => {
  const opened = await consoleForTest()
  const client: ConsoleClient = createRouterClient(opened.console.router)
  const steps = await client.archives.restoring({ name: '2026-01-01.calls.001' })
  const error: unknown = await steps.next().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    defined: true,
    code: 'ARCHIVE_UNUSABLE',
    data: { problem: 'archive-missing' },
  })
})

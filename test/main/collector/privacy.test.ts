import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { describe, expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { appLogSchema } from '#shared/contract/app-logs.ts'
import { collectorStatusSchema } from '#shared/contract/collector.ts'
import { DEFAULT_PRIVACY, privacySettingsSchema } from '#shared/contract/privacy.ts'
import type { TestConsole } from '../../start-console.ts'
import { consoleForTest } from '../../start-console.ts'
import { callsOf, leadTo } from './proxy/open-proxy.ts'

const KEY = `sk-ant-api03-${'aB3dE5fG7h'.repeat(9)}`
const TEXT = 'the launch code is melon'
const JSON_TYPE = { 'content-type': 'application/json' }

const manage = (opened: TestConsole, method: string, path: string, body?: unknown) =>
  opened.send({ method, path, headers: { authorization: `Bearer ${opened.token}`, ...JSON_TYPE }, body })
const set = async (opened: TestConsole, body: unknown) => {
  const answer = await manage(opened, 'PUT', '/v1/privacy', body)
  expect(answer.status).toBe(200)
  return privacySettingsSchema.parse(answer.body)
}
const call = async (opened: TestConsole, requestId: string) =>
  appLogSchema.parse((await opened.get(`/v1/app-logs/${requestId}`)).body)
const post = async (opened: TestConsole, path: string, body: unknown) => {
  const answer = await opened.send({ method: 'POST', path, headers: JSON_TYPE, body })
  expect([path, answer.status]).toEqual([path, path === '/v1/feedback' ? 201 : 200])
}

/** Sends a text through every door. */
async function sendThroughAll(opened: TestConsole, text: string): Promise<void> {
  await post(opened, '/v1/app-logs', {
    requestId: 'native',
    app: 'shop',
    prompt: { messages: [{ role: 'user', content: text }] },
    response: text,
    errorMessage: `failed: ${text}`,
    attributes: { note: text },
    tags: [text],
  })
  await post(opened, '/v1/feedback', { requestId: 'native', rating: 1, comment: text, tags: [text] })
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] }
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } })
  const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
  await post(opened, '/v1/traces', {
    resourceSpans: [
      {
        resource,
        scopeSpans: [
          {
            spans: [
              {
                ...ids,
                name: `chat ${text}`,
                attributes: [attribute('gen_ai.request.model', 'm'), attribute('note', text)],
                status: { code: 2, message: text },
              },
              {
                traceId: ids.traceId,
                spanId: 'c'.repeat(16),
                name: 'chat',
                attributes: [
                  attribute('gen_ai.request.model', 'm'),
                  attribute('gen_ai.input.messages', JSON.stringify([{ role: 'user', content: text }])),
                  attribute('gen_ai.output.messages', text),
                ],
              },
            ],
          },
        ],
      },
    ],
  })
  await post(opened, '/v1/logs', {
    resourceLogs: [
      {
        resource,
        scopeLogs: [
          {
            logRecords: [
              {
                ...ids,
                timeUnixNano: '1764000000000000000',
                eventName: 'gen_ai.user.message',
                body: { kvlistValue: { values: [attribute('content', text)] } },
              },
              {
                timeUnixNano: '1764000000000000000',
                eventName: 'gen_ai.client.inference.operation.details',
                attributes: [
                  attribute('gen_ai.request.model', 'm'),
                  attribute('gen_ai.input.messages', text),
                ],
              },
            ],
          },
        ],
      },
    ],
  })
  const upstream = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({ id: '1', model: 'm', choices: [{ message: { role: 'assistant', content: text } }] }),
    )
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void upstream.close())
  await leadTo(opened, 'openai', `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`)
  const answer = await opened.send({
    method: 'POST',
    path: '/proxy/openai/v1/chat/completions',
    headers: { ...JSON_TYPE, 'x-llmops-app': 'shop', authorization: `Bearer ${KEY}` },
    body: { model: 'm', messages: [{ role: 'user', content: text }] },
  })
  // What passes through is not touched.
  expect(JSON.stringify(answer.body)).toContain(text)
  await callsOf(opened, 5)
}

/** Whether any file of the data folder holds a text. */
function isInFiles(dataDir: string, text: string): boolean {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .some((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(text))
}

describe('redaction', () => {
  test('reaches every door before anything is written', async () => {
    const opened = await consoleForTest()
    await sendThroughAll(opened, `my key is ${KEY}, 记住`)
    expect(isInFiles(opened.dataDir, KEY)).toBe(false)
    expect(isInFiles(opened.dataDir, '[redacted:anthropic-key]')).toBe(true)
    const clean = 'my key is [redacted:anthropic-key], 记住'
    expect(await call(opened, 'native')).toMatchObject({
      prompt: { messages: [{ role: 'user', content: clean }] },
      response: clean,
      errorMessage: `failed: ${clean}`,
      attributes: { note: clean },
      tags: [clean],
      flags: ['redacted'],
      feedback: [{ comment: clean, tags: [clean] }],
    })
    const status = collectorStatusSchema.parse((await opened.get('/v1/collector/status')).body)
    expect(status.redactions['anthropic-key']).toBeGreaterThan(10)
  })

  test('leaves personal data until it is switched on, and the choice survives a restart', async () => {
    const opened = await consoleForTest()
    const send = (requestId: string) =>
      post(opened, '/v1/app-logs', {
        requestId,
        app: 'shop',
        userId: 'ann@example.com',
        prompt: 'ann@example.com',
      })
    await send('before')
    expect((await set(opened, { detectors: { email: true } })).detectors).toMatchObject({
      email: true,
      phone: false,
      'openai-key': true,
    })
    await send('after')
    expect(await call(opened, 'before')).toMatchObject({ prompt: 'ann@example.com', flags: [] })
    // Who it was stays: calls are found and counted by it.
    expect(await call(opened, 'after')).toMatchObject({
      prompt: '[redacted:email]',
      userId: 'ann@example.com',
    })
    await opened.console.close()
    const again = await consoleForTest({ dataDir: opened.dataDir })
    expect(privacySettingsSchema.parse((await again.get('/v1/privacy')).body).detectors.email).toBe(true)
    const status = collectorStatusSchema.parse((await again.get('/v1/collector/status')).body)
    expect(status.redactions).toEqual({ email: 1 })
  })
})

describe('capture', () => {
  test.each(['hashes', 'none'] as const)('%s: no door leaves a text in any file', async (mode) => {
    const opened = await consoleForTest()
    await set(opened, { apps: [{ app: 'shop', mode }], capture: { mode } })
    await sendThroughAll(opened, TEXT)
    // Said about calls, not in them: a comment, and tags, are kept.
    await manage(opened, 'DELETE', '/v1/app-logs/native')
    const calls = await callsOf(opened, 4)
    for (const { prompt, response, errorMessage, attributes } of calls) {
      expect(JSON.stringify({ prompt, response, errorMessage, attributes })).not.toContain('melon')
    }
    const hashes = calls.flatMap(({ response }) => (typeof response === 'string' ? [response] : []))
    if (mode === 'hashes') {
      expect(hashes[0]).toMatch(/^hmac-sha256:[0-9a-f]{64}$/)
      // The same answer came in by two doors.
      expect(new Set(hashes).size).toBe(1)
    } else expect(hashes).toEqual([])
  })

  test('is by app, and others have the default', async () => {
    const opened = await consoleForTest()
    await set(opened, { apps: [{ app: 'shop', mode: 'truncated', length: 3 }] })
    for (const app of ['shop', '__proto__']) {
      await post(opened, '/v1/app-logs', { requestId: app, app, prompt: TEXT })
    }
    expect(await call(opened, 'shop')).toMatchObject({ prompt: 'the', promptLength: TEXT.length })
    expect(await call(opened, '__proto__')).toMatchObject({ prompt: TEXT, promptLength: null })
  })

  test('what is not kept was counted before', async () => {
    const opened = await consoleForTest()
    await set(opened, { capture: { mode: 'none' } })
    await post(opened, '/v1/app-logs', {
      requestId: 'a',
      app: 'shop',
      model: 'gpt-4o',
      prompt: TEXT,
      response: TEXT,
    })
    const { inputTokens, usageSource } = await call(opened, 'a')
    expect(usageSource).toBe('estimated')
    expect(inputTokens).toBeGreaterThan(0)
  })
})

describe('settings', () => {
  const pattern = { id: 'p', name: 'staff', pattern: 'EMP-\\d+' }

  test.each([
    [{ capture: { mode: 'some' } }, 'capture.mode'],
    [{ capture: { mode: 'truncated', length: 0 } }, 'capture.length'],
    [{ apps: [{ app: '', mode: 'none' }] }, 'apps.0.app'],
    [
      {
        apps: [
          { app: 'a', mode: 'none' },
          { app: 'a', mode: 'full' },
        ],
      },
      'apps',
    ],
    [{ detectors: { email: 'yes' } }, 'detectors.email'],
    [{ patterns: [{ ...pattern, pattern: 'a'.repeat(501) }] }, 'patterns.0.pattern'],
    [{ patterns: [{ ...pattern, name: ' ' }] }, 'patterns.0.name'],
    [{ patterns: [pattern, pattern] }, 'patterns'],
    [{ patterns: Array.from({ length: 51 }, (_, index) => ({ ...pattern, id: `${index}` })) }, 'patterns'],
    [{ patterns: [pattern, { ...pattern, id: 'q', pattern: '(' }] }, 'patterns.1.pattern'],
    [{ patterns: [{ ...pattern, pattern: 'a*' }] }, 'patterns.0.pattern'],
  ])('%j is refused, and nothing is changed', async (body, path) => {
    const opened = await consoleForTest()
    const answer = await manage(opened, 'PUT', '/v1/privacy', body)
    expect(answer).toMatchObject({ status: 400, body: { error: { details: [{ path }] } } })
    expect((await opened.get('/v1/privacy')).body).toEqual(DEFAULT_PRIVACY)
  })

  test('a preview shows what would go, and keeps nothing', async () => {
    const opened = await consoleForTest()
    const preview = (body: unknown) => manage(opened, 'POST', '/v1/privacy/preview', body)
    expect(
      await preview({
        text: 'EMP-7 wrote to ann@example.com',
        detectors: { email: true },
        patterns: [pattern, { ...pattern, id: 'bad', pattern: 'x(' }],
      }),
    ).toMatchObject({
      status: 200,
      body: {
        findings: [
          { start: 0, end: 5, by: 'p' },
          { start: 15, end: 30, by: 'email' },
        ],
        redacted: '[redacted:staff] wrote to [redacted:email]',
        problems: [{ id: 'bad', reason: 'bracket', position: 0 }],
      },
    })
    expect((await preview({ text: 'a'.repeat(20_001) })).status).toBe(400)
    expect(collectorStatusSchema.parse((await opened.get('/v1/collector/status')).body).redactions).toEqual(
      {},
    )
  })
})

describe('forgetting', () => {
  test('a user is gone from calls, feedback, budgets, rules and silences', async () => {
    const opened = await consoleForTest()
    const userId = 'melanie@example.com'
    for (const requestId of ['a', 'b']) await post(opened, '/v1/app-logs', { requestId, app: 'shop', userId })
    await post(opened, '/v1/app-logs', { requestId: 'c', app: 'shop', userId: 'other' })
    await post(opened, '/v1/feedback', { requestId: 'c', rating: 1, userId })
    const made = async (path: string, body: unknown) => {
      const answer = await manage(opened, 'POST', path, body)
      expect([path, answer.status]).toEqual([path, 201])
      return z.object({ id: z.string() }).parse(answer.body).id
    }
    await made('/v1/budgets', { name: 'hers', period: 'day', amount: 1, scope: { userId } })
    const conditions = [{ metric: 'errors', comparison: 'gt', threshold: 1, windowMinutes: 5 }]
    const rule = { name: 'r', severity: 'info', conditions }
    const both = await made('/v1/alerts/rules', { ...rule, filter: { userId: [userId, 'other'] } })
    const alone = await made('/v1/alerts/rules', { ...rule, filter: { userId: [userId] } })
    await made('/v1/alerts/silences', { matchers: { userId }, endsAt: Date.now() + 3_600_000 })

    const find = () => manage(opened, 'POST', '/v1/privacy/find-user', { userId })
    expect((await find()).body).toEqual({ calls: 2, feedback: 1 })
    const answer = await manage(opened, 'POST', '/v1/privacy/forget-user', { userId })
    expect(answer).toMatchObject({ status: 200, body: { done: 2, total: 2, feedback: 1, isFinished: true } })

    expect((await find()).body).toEqual({ calls: 0, feedback: 0 })
    expect((await opened.get('/v1/budgets')).body).toMatchObject({ items: [] })
    expect((await opened.get('/v1/alerts/silences')).body).toMatchObject({ items: [] })
    expect((await opened.get(`/v1/alerts/rules/${both}`)).body).toMatchObject({
      isEnabled: true,
      filter: { userId: ['other'] },
    })
    // Without its filter it would look at everybody.
    expect((await opened.get(`/v1/alerts/rules/${alone}`)).body).toMatchObject({
      isEnabled: false,
      filter: { userId: ['[forgotten]'] },
    })
    expect(isInFiles(opened.dataDir, userId)).toBe(false)
  })

  test('needs a user, and the token', async () => {
    const opened = await consoleForTest()
    expect((await manage(opened, 'POST', '/v1/privacy/forget-user', { userId: '' })).status).toBe(400)
    const body = { userId: 'u' }
    const answer = await opened.send({
      method: 'POST',
      path: '/v1/privacy/forget-user',
      headers: JSON_TYPE,
      body,
    })
    expect(answer.status).toBe(401)
  })
})

test('what a script changes is pushed to the window', async () => {
  const opened = await consoleForTest()
  const seen = await createRouterClient(opened.console.router).privacy.follow()
  expect((await seen.next()).value).toEqual(DEFAULT_PRIVACY)
  const changed = await set(opened, { detectors: { email: true } })
  expect((await seen.next()).value).toEqual(changed)
  await seen.return(undefined)
})

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import type { AppLog } from '#shared/contract/app-logs.ts'
import { appLogItemSchema, appLogSchema } from '#shared/contract/app-logs.ts'
import { summarySchema } from '#shared/contract/monitoring.ts'
import type { TestConsole } from '../../../start-console.ts'
import { consoleForTest } from '../../../start-console.ts'
import { OPENAI_MODEL, OPENAI_TEXT, startOpenAi } from '../../../vendors/openai-server.ts'
import { CLIENTS_FOLDER, installClients } from './install-clients.ts'

const INSTALL_TIMEOUT_MS = 300_000
const SOME_NUMBER: unknown = expect.any(Number)
const REQUESTED = 'gpt-4o-mini'
const USAGE = {
  inputTokens: 100,
  outputTokens: 40,
  totalTokens: 140,
  cachedInputTokens: 64,
  cacheWriteTokens: 8,
  reasoningTokens: 25,
}
const AI_SDK = { requestModel: REQUESTED, model: OPENAI_MODEL, ...USAGE }

/** What each client says of the same two calls, beside texts, user and session. */
const CLIENTS: Record<string, { title: string; steps: string[]; plain: object; stream: object }> = {
  'ai-sdk-7': {
    title: 'Vercel AI SDK 7',
    steps: ['agent_step', 'invoke_agent'],
    plain: { ...AI_SDK, provider: 'openai', ttftMs: null },
    stream: { ...AI_SDK, provider: 'openai', ttftMs: SOME_NUMBER },
  },
  'ai-sdk-6': {
    title: 'Vercel AI SDK 6',
    steps: ['chat'],
    plain: { ...AI_SDK, provider: 'openai.chat', appType: 'plain', ttftMs: null },
    stream: { ...AI_SDK, provider: 'openai.chat', appType: 'stream', ttftMs: SOME_NUMBER },
  },
  langfuse: {
    title: 'Langfuse',
    steps: ['span'],
    plain: { model: OPENAI_MODEL, ...USAGE, appType: 'plain', ttftMs: null },
    // It takes the model of a stream from the request.
    stream: { model: REQUESTED, ...USAGE, appType: 'stream', ttftMs: SOME_NUMBER },
  },
  openinference: {
    title: 'OpenInference',
    steps: [],
    // It says nothing of what was written to the cache.
    plain: { model: OPENAI_MODEL, ...USAGE, cacheWriteTokens: null, provider: 'openai' },
    // Nor anything of a stream's usage.
    stream: { model: REQUESTED, usageSource: 'estimated', totalTokens: SOME_NUMBER, provider: 'openai' },
  },
  openllmetry: {
    title: 'OpenLLMetry',
    steps: ['span'],
    plain: {
      requestModel: REQUESTED,
      model: OPENAI_MODEL,
      inputTokens: 100,
      outputTokens: 40,
      appType: 'plain',
    },
    // It counts the tokens of a stream by itself.
    stream: {
      requestModel: REQUESTED,
      model: OPENAI_MODEL,
      totalTokens: SOME_NUMBER,
      appType: 'stream',
    },
  },
}

beforeAll(installClients, INSTALL_TIMEOUT_MS)

describe.each(Object.entries(CLIENTS))('%s', (name, { title, steps, plain, stream }) => {
  test(`${title}: one call of the app is one call in the store, with its model, tokens, texts, user and session`, async () => {
    const vendor = await startOpenAi()
    const opened = await consoleForTest()
    const said = await runClient(name, opened, `${vendor.url}/v1`)
    expect(said).toEqual({ stdout: '', stderr: '' })

    const { calls, summary } = await readAll(opened)
    expect(vendor.seen).toHaveLength(2)
    expect(calls.map(({ call }) => call)).toMatchObject([plain, stream])
    for (const { call, traceOperations } of calls) {
      expect(call).toMatchObject({
        app: 'shop',
        source: 'otlp',
        status: 'ok',
        operation: 'chat',
        userId: 'u-1',
        sessionId: 's-1',
        flags: [],
      })
      expect(call.durationMs).toBeGreaterThan(0)
      expect(JSON.stringify(call.prompt)).toContain('Hello')
      expect(JSON.stringify(call.response)).toContain(OPENAI_TEXT.join(''))
      expect(traceOperations.sort()).toEqual([...steps, 'chat'].sort())
    }
    // Once, however often the SDK repeats them in the spans around a call.
    expect(summary.requests).toBe(2)
    const sum = (field: 'inputTokens' | 'outputTokens') =>
      calls.reduce((total, { call }) => total + (call[field] ?? 0), 0)
    expect([summary.inputTokens, summary.outputTokens]).toEqual([sum('inputTokens'), sum('outputTokens')])
  })
})

async function runClient(name: string, { url }: TestConsole, vendorUrl: string) {
  const program = join(CLIENTS_FOLDER, 'programs', `${name}.mjs`)
  const env = {
    PATH: process.env['PATH'],
    VENDOR_URL: vendorUrl,
    OPENAI_API_KEY: 'sk-test',
    OTEL_SERVICE_NAME: 'shop',
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    LANGFUSE_BASE_URL: url,
    LANGFUSE_PUBLIC_KEY: 'any',
    LANGFUSE_SECRET_KEY: 'any',
  }
  return promisify(execFile)(process.execPath, [program], { env })
}

interface StoredCall {
  call: AppLog
  /** Of the call itself and of the steps around it. */
  traceOperations: (string | null)[]
}

/** Calls in the order they were made in, without steps. */
async function readAll(
  opened: TestConsole,
): Promise<{ calls: StoredCall[]; summary: z.infer<typeof summarySchema> }> {
  const list = z.object({ items: z.array(appLogItemSchema) })
  const { items } = list.parse((await opened.get('/v1/app-logs')).body)
  const calls = await Promise.all(
    items.map(async ({ requestId }) => {
      const call = appLogSchema.parse((await opened.get(`/v1/app-logs/${requestId}`)).body)
      return { call, traceOperations: call.trace.map(({ operation }) => operation) }
    }),
  )
  const range = `from=${Date.now() - 3_600_000}&to=${Date.now() + 60_000}`
  const summary = summarySchema.parse((await opened.get(`/v1/monitoring/summary?${range}`)).body)
  return { calls: calls.sort((one, other) => one.call.startedAt - other.call.startedAt), summary }
}

import type { Span } from '@opentelemetry/api'
import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { appLogItemSchema, appLogSchema } from '#shared/contract/app-logs.ts'
import { summarySchema } from '#shared/contract/monitoring.ts'
import type { TestConsole } from '../../../start-console.ts'
import { consoleForTest } from '../../../start-console.ts'

const listSchema = z.object({ items: z.array(appLogItemSchema) })

/** An agent that asks a model twice and a tool once, instrumented with OpenTelemetry's own SDK, unchanged. */
async function runAgent(exporter: JsonExporter | ProtobufExporter): Promise<void> {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'travel-agent',
      'deployment.environment.name': 'staging',
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('test')
  const child = (parent: Span, name: string, attributes: Record<string, string | number>) =>
    tracer.startSpan(name, { attributes }, trace.setSpan(context.active(), parent))

  const workflow = tracer.startSpan('POST /plan')
  const agent = child(workflow, 'invoke_agent planner', {
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'planner',
    'gen_ai.usage.input_tokens': 300,
    'gen_ai.usage.output_tokens': 60,
  })
  for (const turn of [1, 2]) {
    const chat = child(agent, 'chat gpt-4o', {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': 'gpt-4o-2024-08-06',
      'gen_ai.usage.input_tokens': 150,
      'gen_ai.usage.output_tokens': 30,
      'gen_ai.usage.cache_read.input_tokens': 100,
      'gen_ai.conversation.id': 'conversation-1',
      'user.id': '用户-7',
      'gen_ai.input.messages': JSON.stringify([
        { role: 'user', parts: [{ type: 'text', content: `去成都 ${turn}` }] },
      ]),
      'gen_ai.output.messages': JSON.stringify([
        { role: 'assistant', parts: [{ type: 'text', content: '好的' }] },
      ]),
      'gen_ai.response.time_to_first_chunk': 0.25,
    })
    if (turn === 2) {
      chat.recordException(new RangeError('too many tokens'))
      chat.setStatus({ code: SpanStatusCode.ERROR, message: 'context too long' })
    }
    chat.end()
  }
  child(agent, 'execute_tool search', {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'search',
  }).end()
  agent.end()
  workflow.end()
  await provider.shutdown()
}

async function readAll(console: TestConsole) {
  const { items } = listSchema.parse((await console.get('/v1/app-logs')).body)
  const whole = await Promise.all(
    items.map(async (item) => appLogSchema.parse((await console.get(`/v1/app-logs/${item.requestId}`)).body)),
  )
  const range = `from=${Date.now() - 3_600_000}&to=${Date.now() + 60_000}`
  const summary = summarySchema.parse((await console.get(`/v1/monitoring/summary?${range}`)).body)
  return { whole, summary }
}

describe.each([
  { encoding: 'JSON', create: (url: string) => new JsonExporter({ url }) },
  { encoding: 'protobuf', create: (url: string) => new ProtobufExporter({ url }) },
])("OpenTelemetry's own exporter in $encoding", ({ create }) => {
  test('brings each model call once, with tokens, text, user and session', async () => {
    const console = await consoleForTest()
    await runAgent(create(`${console.url}/v1/traces`))

    const { whole, summary } = await readAll(console)
    const chats = whole.filter((call) => call.operation === 'chat')
    expect(chats).toHaveLength(2)
    expect(chats.find((call) => call.status === 'ok')).toMatchObject({
      source: 'otlp',
      app: 'travel-agent',
      environment: 'staging',
      provider: 'openai',
      requestModel: 'gpt-4o',
      model: 'gpt-4o-2024-08-06',
      userId: '用户-7',
      sessionId: 'conversation-1',
      inputTokens: 150,
      outputTokens: 30,
      totalTokens: 180,
      cachedInputTokens: 100,
      ttftMs: 250,
      usageSource: 'reported',
      name: 'chat gpt-4o',
    })
    expect(JSON.stringify(chats.map((call) => call.prompt))).toContain('去成都 1')
    expect(JSON.stringify(chats[0]?.response)).toContain('好的')
    expect(chats.find((call) => call.status === 'error')).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'context too long',
    })
    // The agent's own usage is that of its two calls: counted once.
    expect(summary).toMatchObject({ inputTokens: 300, outputTokens: 60, cachedInputTokens: 200, errors: 1 })
    expect(whole.map((call) => call.operation).sort()).toEqual(['chat', 'chat', 'execute_tool'])
  })

  test('brings the trace whole, from the outermost step to the tools', async () => {
    const console = await consoleForTest()
    await runAgent(create(`${console.url}/v1/traces`))

    const { whole } = await readAll(console)
    const items = whole[0]?.trace ?? []
    expect(items.map((item) => [item.name, item.isStep]).sort()).toEqual([
      ['POST /plan', true],
      ['chat gpt-4o', false],
      ['chat gpt-4o', false],
      ['execute_tool search', false],
      ['invoke_agent planner', true],
    ])
    const byId = new Map(items.map((item) => [item.spanId, item]))
    const pathOf = (name: string) => {
      const path: (string | null)[] = []
      for (let item = items.find((found) => found.name === name); item; item = byId.get(item.parentSpanId)) {
        path.push(item.name)
      }
      return path
    }
    expect(pathOf('execute_tool search')).toEqual([
      'execute_tool search',
      'invoke_agent planner',
      'POST /plan',
    ])
  })

  test("is taken at Langfuse's own path too", async () => {
    const console = await consoleForTest()
    await runAgent(create(`${console.url}/api/public/otel/v1/traces`))
    expect((await readAll(console)).whole).toHaveLength(3)
  })
})

import { createOpenAI } from '@ai-sdk/openai'
import { OpenTelemetry } from '@ai-sdk/otel'
import { generateText, registerTelemetry, streamText } from 'ai'
import { startTracing } from './tracing.mjs'

const provider = startTracing()
const enrichSpan = ({ runtimeContext }) => ({
  'user.id': runtimeContext?.userId,
  'session.id': runtimeContext?.sessionId,
})
registerTelemetry(new OpenTelemetry({ enrichSpan, usage: true }))

const call = {
  model: createOpenAI({ baseURL: process.env.VENDOR_URL }).chat('gpt-4o-mini'),
  prompt: 'Hello',
  runtimeContext: { userId: 'u-1', sessionId: 's-1' },
}
const telemetry = (functionId) => ({ functionId, includeRuntimeContext: { userId: true, sessionId: true } })
await generateText({ ...call, telemetry: telemetry('plain') })
await streamText({ ...call, telemetry: telemetry('stream') }).consumeStream()
await provider.shutdown()

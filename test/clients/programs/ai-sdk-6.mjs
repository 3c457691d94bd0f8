import { createOpenAI } from '@ai-sdk/openai-3'
import { generateText, streamText } from 'ai-6'
import { startTracing } from './tracing.mjs'

const provider = startTracing()
const call = {
  model: createOpenAI({ baseURL: process.env.VENDOR_URL }).chat('gpt-4o-mini'),
  prompt: 'Hello',
}
const telemetry = (functionId) => ({
  isEnabled: true,
  functionId,
  metadata: { userId: 'u-1', sessionId: 's-1' },
})
await generateText({ ...call, experimental_telemetry: telemetry('plain') })
await streamText({ ...call, experimental_telemetry: telemetry('stream') }).consumeStream()
await provider.shutdown()

import { observeOpenAI } from '@langfuse/openai'
import { LangfuseSpanProcessor } from '@langfuse/otel'
import { propagateAttributes, startActiveObservation } from '@langfuse/tracing'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { detectResources, envDetector } from '@opentelemetry/resources'
import OpenAI from 'openai'
import { chat, chatStream } from './openai-calls.mjs'

const provider = new NodeTracerProvider({
  resource: detectResources({ detectors: [envDetector] }),
  spanProcessors: [new LangfuseSpanProcessor()],
})
provider.register()

const openai = observeOpenAI(new OpenAI({ baseURL: process.env.VENDOR_URL }))
const labels = { userId: 'u-1', sessionId: 's-1' }
await propagateAttributes({ ...labels, traceName: 'plain' }, () =>
  startActiveObservation('workflow', () => chat(openai)),
)
await propagateAttributes({ ...labels, traceName: 'stream' }, () =>
  startActiveObservation('workflow', () => chatStream(openai)),
)
await provider.shutdown()

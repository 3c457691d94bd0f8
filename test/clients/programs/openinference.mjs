import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai'
import { setSession, setUser } from '@arizeai/openinference-core'
import { context } from '@opentelemetry/api'
import OpenAI from 'openai'
import { chat, chatStream } from './openai-calls.mjs'
import { startTracing } from './tracing.mjs'

const provider = startTracing()
// In ES modules, as its documentation says.
new OpenAIInstrumentation({ tracerProvider: provider }).manuallyInstrument(OpenAI)

const openai = new OpenAI({ baseURL: process.env.VENDOR_URL })
const labelled = setUser(setSession(context.active(), { sessionId: 's-1' }), { userId: 'u-1' })
await context.with(labelled, () => chat(openai))
await context.with(labelled, () => chatStream(openai))
await provider.shutdown()

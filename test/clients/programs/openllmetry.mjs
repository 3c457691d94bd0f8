import * as traceloop from '@traceloop/node-server-sdk'
import OpenAI from 'openai'
import { chat, chatStream } from './openai-calls.mjs'

traceloop.initialize({
  appName: process.env.OTEL_SERVICE_NAME,
  baseUrl: process.env.OTEL_EXPORTER_OTLP_ENDPOINT,
  instrumentModules: { openAI: OpenAI },
  traceloopSyncEnabled: false,
  silenceInitializationMessage: true,
})

const openai = new OpenAI({ baseURL: process.env.VENDOR_URL })
const labels = { user_id: 'u-1', session_id: 's-1' }
await traceloop.withAssociationProperties(labels, () =>
  traceloop.withWorkflow({ name: 'plain' }, () => chat(openai)),
)
await traceloop.withAssociationProperties(labels, () =>
  traceloop.withWorkflow({ name: 'stream' }, () => chatStream(openai)),
)
await traceloop.forceFlush()

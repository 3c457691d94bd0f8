import { exporterVariables } from './opentelemetry.ts'
import { setVariables } from './shell.ts'
import type { Snippet, SnippetContext } from './snippet.ts'

export type VercelAiVersion = '7' | '6'

const CODE: Record<VercelAiVersion, string> = {
  '7': `import { openai } from '@ai-sdk/openai'
import { OpenTelemetry } from '@ai-sdk/otel'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { generateText, registerTelemetry } from 'ai'

const sdk = new NodeSDK()
sdk.start()
registerTelemetry(new OpenTelemetry())

await generateText({ model: openai('gpt-4o-mini'), prompt: 'Hello' })

await sdk.shutdown() // sends what still waits`,
  '6': `import { openai } from '@ai-sdk/openai'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { generateText } from 'ai'

const sdk = new NodeSDK()
sdk.start()

await generateText({
  model: openai('gpt-4o-mini'),
  prompt: 'Hello',
  experimental_telemetry: { isEnabled: true, functionId: 'greet', metadata: { userId: 'u-1' } },
})

await sdk.shutdown() // sends what still waits`,
}

const INSTALL: Record<VercelAiVersion, string> = {
  '7': 'npm install @ai-sdk/otel @opentelemetry/sdk-node',
  '6': 'npm install @opentelemetry/sdk-node',
}

export function vercelAiSnippets(context: SnippetContext, version: VercelAiVersion): Snippet[] {
  return [
    {
      title: 'connect.steps.environment',
      text: setVariables(context.shell, exporterVariables(context)),
    },
    { title: 'connect.steps.install', text: INSTALL[version] },
    { title: 'connect.steps.code', text: CODE[version] },
  ]
}

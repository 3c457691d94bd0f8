import { createRouterClient } from '@orpc/server'
import { expect, test } from 'vitest'
import type { ConsoleClient } from '#shared/contract/index.ts'
import { langfuseSnippets } from '../../src/renderer/pages/connect/snippets/langfuse.ts'
import { openTelemetrySnippets } from '../../src/renderer/pages/connect/snippets/opentelemetry.ts'
import { consoleForTest } from '../start-console.ts'
import { bash, makeAppFolder, textOf, write } from './run-snippet.ts'

/** An app that has OpenTelemetry and knows nothing of where it sends to. */
const APP = `import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { defaultResource, detectResources, envDetector } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

const provider = new TracerProvider({
  resource: defaultResource().merge(detectResources({ detectors: [envDetector] })),
  spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
})
provider.getTracer('app').startSpan('chat', { attributes: { 'gen_ai.request.model': 'qwen-max' } }).end()
await provider.shutdown()
`

test.each([false, true])(
  'the variables lead an exporter here (a token demanded: %s)',
  async (requireToken) => {
    const opened = await consoleForTest()
    const client: ConsoleClient = createRouterClient(opened.console.router)
    await client.settings.update({ requireToken })
    const token = requireToken ? (await client.collector.appToken()).token : null
    const folder = makeAppFolder()
    write(folder, 'app.mjs', APP)

    const snippets = openTelemetrySnippets({ url: opened.url, token, shell: 'sh' }, 'node')
    await bash(folder, `${textOf(snippets, 'connect.steps.environment')}\n"$NODE" app.mjs`, {
      NODE: process.execPath,
    })

    expect((await client.appLogs.list({})).items).toMatchObject([
      { app: 'my-app', requestModel: 'qwen-max', source: 'otlp' },
    ])
  },
)

test('Langfuse’s secret key is the token, if there is one', () => {
  const secretOf = (token: string | null) =>
    /LANGFUSE_SECRET_KEY=(\S+)/.exec(
      textOf(
        langfuseSnippets({ url: 'http://127.0.0.1:4318', token, shell: 'sh' }),
        'connect.steps.environment',
      ),
    )?.[1]
  expect(secretOf('s3cret')).toBe('s3cret')
  expect(secretOf(null)).toBe('any')
})

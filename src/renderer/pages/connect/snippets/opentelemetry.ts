import { curl, setVariables } from './shell.ts'
import type { Shell, Snippet, SnippetContext } from './snippet.ts'
import { APP } from './snippet.ts'

export type OpenTelemetryLanguage = 'python' | 'node' | 'java' | 'go' | 'dotnet'

/** What every OpenTelemetry exporter reads. */
export function exporterVariables({ url, token }: SnippetContext): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_SERVICE_NAME: APP,
    ...(token === null ? {} : { OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${token}` }),
  }
}

const CAPTURE_CONTENT = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'

/** How prompts and answers are asked for: Python's instrumentation has left the first form behind. */
const CONTENT_VARIABLES: Record<OpenTelemetryLanguage, Record<string, string>> = {
  python: { OTEL_SEMCONV_STABILITY_OPT_IN: 'gen_ai_latest_experimental', [CAPTURE_CONTENT]: 'SPAN_ONLY' },
  node: { [CAPTURE_CONTENT]: 'true' },
  java: { [CAPTURE_CONTENT]: 'true' },
  go: { [CAPTURE_CONTENT]: 'true' },
  dotnet: { [CAPTURE_CONTENT]: 'true' },
}

const USE: Record<OpenTelemetryLanguage, Snippet[]> = {
  python: [
    {
      title: 'connect.steps.install',
      text: 'pip install opentelemetry-distro opentelemetry-exporter-otlp-proto-http opentelemetry-instrumentation-openai-v2',
    },
    { title: 'connect.steps.run', text: 'opentelemetry-instrument python app.py' },
  ],
  node: [
    {
      title: 'connect.steps.install',
      text: 'npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node',
    },
    {
      title: 'connect.steps.runModule',
      text: 'node --experimental-loader=@opentelemetry/instrumentation/hook.mjs --import @opentelemetry/auto-instrumentations-node/register app.mjs',
    },
    {
      title: 'connect.steps.runCommonJs',
      text: 'node --require @opentelemetry/auto-instrumentations-node/register app.cjs',
    },
  ],
  java: [{ title: 'connect.steps.run', text: 'java -javaagent:opentelemetry-javaagent.jar -jar app.jar' }],
  go: [
    {
      title: 'connect.steps.code',
      text: `exporter, err := otlptracehttp.New(ctx) // reads the variables above
if err != nil {
    log.Fatal(err)
}
provider := trace.NewTracerProvider(trace.WithBatcher(exporter))
defer provider.Shutdown(ctx)
otel.SetTracerProvider(provider)`,
      note: 'connect.notes.go',
    },
  ],
  dotnet: [
    {
      title: 'connect.steps.code',
      text: `builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing
    .AddSource("Experimental.Microsoft.Extensions.AI")
    .AddOtlpExporter()); // reads the variables above

IChatClient client = innerClient.AsBuilder().UseOpenTelemetry().Build();`,
    },
  ],
}

const JAVA_AGENT =
  'https://github.com/open-telemetry/opentelemetry-java-instrumentation/releases/latest/download/opentelemetry-javaagent.jar'

const javaAgent = (shell: Shell): Snippet => ({
  title: 'connect.steps.install',
  text: `${curl(shell)} -fLO ${JAVA_AGENT}`,
})

export function openTelemetrySnippets(context: SnippetContext, language: OpenTelemetryLanguage): Snippet[] {
  return [
    {
      title: 'connect.steps.environment',
      text: setVariables(context.shell, { ...exporterVariables(context), ...CONTENT_VARIABLES[language] }),
      note: 'connect.notes.content',
    },
    ...(language === 'java' ? [javaAgent(context.shell)] : []),
    ...USE[language],
  ]
}

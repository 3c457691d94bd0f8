import type { Upstream } from '#shared/contract/upstreams.ts'
import type { ClientFile } from './client-files.ts'
import { CLIENT_FILES } from './client-files.ts'
import type { ConnectWay } from './connect-ways.ts'
import type { FeedbackRoute } from './snippets/feedback-widget.ts'
import { feedbackWidgetSnippets } from './snippets/feedback-widget.ts'
import { httpSnippets } from './snippets/http.ts'
import type { JavaStyle } from './snippets/java.ts'
import { javaSnippets } from './snippets/java.ts'
import { langfuseSnippets } from './snippets/langfuse.ts'
import type { OpenTelemetryLanguage } from './snippets/opentelemetry.ts'
import { openTelemetrySnippets } from './snippets/opentelemetry.ts'
import type { ProxyLanguage } from './snippets/proxy.ts'
import { proxySnippets } from './snippets/proxy.ts'
import { pythonSnippets } from './snippets/python.ts'
import { downloadCommands } from './snippets/shell.ts'
import type { Snippet, SnippetContext } from './snippets/snippet.ts'
import type { Script } from './snippets/typescript.ts'
import { typescriptSnippets } from './snippets/typescript.ts'
import type { VercelAiVersion } from './snippets/vercel-ai.ts'
import { vercelAiSnippets } from './snippets/vercel-ai.ts'

/** What else there is to choose within a way. */
export interface WayOptions {
  script: Script
  java: JavaStyle
  openTelemetry: OpenTelemetryLanguage
  vercelAi: VercelAiVersion
  proxy: ProxyLanguage
  feedback: FeedbackRoute
  /** Name of the upstream that the proxy leads to. */
  upstream: string
}

/** How to connect an app in one way. */
export interface WaySteps {
  files: readonly ClientFile[]
  snippets: Snippet[]
}

/** @param upstreams where the proxy may lead; one of them at least. */
export function stepsOf(
  way: ConnectWay,
  options: WayOptions,
  context: SnippetContext,
  upstreams: readonly Upstream[],
): WaySteps {
  const withFiles = (files: readonly ClientFile[], snippets: Snippet[]): WaySteps => ({
    files,
    snippets: [
      {
        title: files.length > 1 ? 'connect.steps.files' : 'connect.steps.file',
        text: downloadCommands(context, files),
      },
      ...snippets,
    ],
  })
  const only = (snippets: Snippet[]): WaySteps => ({ files: [], snippets })
  switch (way) {
    case 'python':
      return withFiles(CLIENT_FILES.python, pythonSnippets(context))
    case 'typescript':
      return withFiles(CLIENT_FILES[options.script], typescriptSnippets(context, options.script))
    case 'java':
      return withFiles(CLIENT_FILES[options.java], javaSnippets(context, options.java))
    case 'proxy': {
      const upstream = upstreams.find(({ name }) => name === options.upstream) ?? upstreams[0]
      return only(upstream ? proxySnippets(context, upstream, options.proxy) : [])
    }
    case 'opentelemetry':
      return only(openTelemetrySnippets(context, options.openTelemetry))
    case 'vercel-ai':
      return only(vercelAiSnippets(context, options.vercelAi))
    case 'langfuse':
      return only(langfuseSnippets(context))
    case 'feedback': {
      const { snippets, ...steps } = withFiles(
        CLIENT_FILES.feedback,
        feedbackWidgetSnippets(context, options.feedback),
      )
      const [download, ...others] = snippets
      return {
        ...steps,
        snippets: download ? [{ ...download, note: 'connect.notes.widget' }, ...others] : others,
      }
    }
    case 'http':
      return only(httpSnippets(context))
  }
}

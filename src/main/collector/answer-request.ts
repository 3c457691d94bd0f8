import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FeedbackKeeper } from '../feedback/index.ts'
import type { CollectorPause, Ingest } from '../ingest/index.ts'
import type { SettingsKeeper } from '../settings/index.ts'
import type { Tokens } from '../tokens.ts'
import { sendError, sendJson, sendRefusal } from './answer.ts'
import { isClientFile, sendClientFile } from './client-files.ts'
import type { Refusal } from './door.ts'
import { containerHosts } from './container-hosts.ts'
import { checkDoor, isFromContainer, WEB_PAGE } from './door.ts'
import { receiveFeedback } from './feedback.ts'
import type { ManagementApi } from './management.ts'
import { receiveAppLogs } from './native.ts'
import type { OtlpSignal } from './otlp/receive.ts'
import { receiveOtlp, refuseOtlp } from './otlp/receive.ts'
import type { RecordingProxy } from './proxy/proxy.ts'
import { bearerTokenOf, NEEDS_APP_TOKEN, proxyTokensOf, tokensOf } from './request-token.ts'
import { allowOrigin, isPreflight, preflightHeaders } from './web-origin.ts'

/** What stands behind the doors. */
export interface DoorParts {
  ingest: Ingest
  pause: Pick<CollectorPause, 'isPaused'>
  feedback: FeedbackKeeper
  management: ManagementApi
  proxy: RecordingProxy
  settings: Pick<SettingsKeeper, 'current'>
  tokens: Pick<Tokens, 'opensDoors' | 'opensManagement'>
  /** Holds what `/sdk/…` serves. */
  clientFilesDir: string
}

/** Where apps come in. A web page that is let in gets an answer that it may read (`allowOrigin`). */
interface Door {
  methods: readonly string[]
  /** Whether it takes what is to be stored: closed while the collector is paused. */
  isForStorage: boolean
  tokensOf: typeof tokensOf
  refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void
  answer(request: IncomingMessage, response: ServerResponse, parts: DoorParts): Promise<void>
}

const refuse: Door['refuse'] = (_request, response, refusal) => sendRefusal(response, refusal)

const APP_LOGS: Door = {
  methods: ['POST'],
  isForStorage: true,
  tokensOf,
  refuse,
  answer: (request, response, { ingest }) => {
    allowOrigin(request, response)
    return receiveAppLogs(request, response, ingest)
  },
}

const FEEDBACK: Door = {
  methods: ['POST'],
  isForStorage: true,
  tokensOf,
  refuse,
  answer: (request, response, { ingest, feedback }) => {
    allowOrigin(request, response)
    return receiveFeedback(request, response, ingest, feedback)
  },
}

const otlp = (signal: OtlpSignal): Door => ({
  methods: ['POST'],
  isForStorage: true,
  tokensOf,
  refuse: refuseOtlp,
  answer: (request, response, { ingest }) => {
    allowOrigin(request, response)
    return receiveOtlp(request, response, ingest, signal)
  },
})

const PROXY: Door = {
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  // An app's calls must pass, whether they are recorded or not.
  isForStorage: false,
  tokensOf: proxyTokensOf,
  refuse,
  // It allows the origin by itself: in older runtimes Node loses repeated headers of an answer that has some already.
  answer: (request, response, { proxy }) => proxy.answer(request, response),
}

const CLIENT_FILES: Door = {
  methods: ['GET'],
  isForStorage: false,
  tokensOf,
  refuse,
  answer: (request, response, { clientFilesDir }) => {
    allowOrigin(request, response)
    return sendClientFile(request, response, clientFilesDir)
  },
}

const DOORS = new Map<string, Door>([
  ['/v1/app-logs', APP_LOGS],
  ['/v1/feedback', FEEDBACK],
  ['/v1/traces', otlp('traces')],
  ['/v1/logs', otlp('logs')],
  ['/v1/metrics', otlp('metrics')],
  // Where Langfuse's SDK sends its spans when only its host is changed.
  ['/api/public/otel/v1/traces', otlp('traces')],
])

const HEALTH_PATH = '/healthz'
/** Everything below it, whatever the method, is the recording proxy's. */
const PROXY_PATH = '/proxy/'

function doorAt(path: string): Door | undefined {
  if (path.startsWith(PROXY_PATH)) return PROXY
  return isClientFile(path) ? CLIENT_FILES : DOORS.get(path)
}

const takes = (door: Door, method: string) => door === PROXY || door.methods.includes(method)

/**
 * Answers a request: looks at who sends it, then leads it to its door.
 *
 * @param port the port that the collector listens on.
 */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  parts: DoorParts,
  port: number,
): Promise<void> {
  const { ingest, pause, management, settings, tokens } = parts
  const { method = '', url = '', headers } = request
  const [path = ''] = url.split('?', 1)
  const { requireToken, allowedOrigins, isOpenToContainers } = settings.current()
  const door = doorAt(path)
  const turnAway = (refusal: Refusal) => {
    ingest.countRefused(refusal.reason)
    ;(door?.refuse ?? refuse)(request, response, refusal)
  }

  const refusal = checkDoor(request, port, {
    allowedOrigins,
    containerHosts: isOpenToContainers ? containerHosts() : [],
  })
  if (refusal) return turnAway(refusal)
  if (door && isPreflight(request)) {
    response.writeHead(204, preflightHeaders(headers, door.methods)).end()
    return
  }
  const isWebPage = headers.origin !== undefined
  const isContainer = isFromContainer(request, port)
  if (door && takes(door, method)) {
    if ((requireToken || isWebPage || isContainer) && !door.tokensOf(headers).some(tokens.opensDoors)) {
      allowOrigin(request, response)
      return turnAway(NEEDS_APP_TOKEN)
    }
    if (door.isForStorage && pause.isPaused()) {
      allowOrigin(request, response)
      return turnAway(PAUSED)
    }
    return door.answer(request, response, parts)
  }
  // What follows is for programs.
  if (isWebPage) return turnAway(WEB_PAGE)
  if (isContainer) return turnAway(CONTAINER)
  if (path === HEALTH_PATH && method === 'GET')
    return sendJson(response, 200, { status: pause.isPaused() ? 'paused' : 'ok' })
  const managed = management.methodsOf(path)
  if (managed.includes(method)) {
    if (tokens.opensManagement(bearerTokenOf(headers))) return management.answer(request, response)
    ingest.countRefused(NEEDS_APP_TOKEN.reason)
    return sendError(response, 401, 'UNAUTHORIZED', NEEDS_MANAGEMENT_TOKEN, { 'www-authenticate': 'Bearer' })
  }
  const own = path === HEALTH_PATH ? ['GET'] : (door?.methods ?? [])
  const allowed = [...own, ...managed]
  return turnAway(allowed.length === 0 ? NO_SUCH_PATH : wrongMethod(allowed))
}

const CONTAINER: Refusal = {
  status: 403,
  reason: 'host',
  message: 'Containers may send calls, and nothing else.',
}
const NEEDS_MANAGEMENT_TOKEN = 'This needs the bearer token from the file "token" in the data folder.'
/** Clients that try again do so soon enough to miss little, and not so soon that it is work. */
const PAUSED_RETRY_S = 30
const PAUSED: Refusal = {
  status: 503,
  reason: 'paused',
  message: 'The collector is paused in LLMOps Console. Nothing was stored; send it again later.',
  headers: { 'retry-after': String(PAUSED_RETRY_S) },
}
const NO_SUCH_PATH: Refusal = { status: 404, reason: 'path', message: 'There is nothing at this path.' }

function wrongMethod(allowed: readonly string[]): Refusal {
  const methods = [...new Set(allowed)].sort().join(', ')
  return { status: 405, reason: 'method', message: `Allowed here: ${methods}.`, headers: { allow: methods } }
}

import type { lookup } from 'node:dns'
import { once } from 'node:events'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { LIMITS } from '#shared/limits.ts'
import type { Reason } from './channel-sender.ts'
import {
  addressOf,
  isPublicAddress,
  PRIVATE_ADDRESS,
  privateAddressError,
  publicLookup,
} from './guarded-address.ts'

export interface Post {
  url: string
  /** Sent to the origin of `url` only: they may hold a key. */
  headers: Record<string, string>
  body: string
  allowPrivateAddresses: boolean
  signal: AbortSignal
}

export type PostResult =
  /** `text`: as much of the answer as is read, 64 KiB at most. */
  | { kind: 'answer'; status: number; retryAfter: string | undefined; text: string }
  | { kind: 'unreachable'; reason: Reason }
  | { kind: 'refused'; reason: Reason; status?: number }

/** What tests stand in for: the rest of the internet. */
export interface PostOptions {
  resolve?: typeof lookup
  isPublic?: (address: string) => boolean
  timeoutMs?: number
  /** PEM, trusted besides the system's. */
  ca?: string
}

const MOST_REDIRECTS = 3

/**
 * Sends a JSON body to an address that a user configured, and nowhere that user did not mean.
 *
 * Private addresses are refused unless allowed: by the address that is connected to, not by the name. A redirect is
 * followed three times at most, when it keeps the method (307, 308) and does not leave TLS; each is looked at like the
 * first address, and headers of the user's do not follow to another origin. 301, 302 and 303 would turn the POST into a
 * GET that says nothing: they are refused, so that the address gets corrected instead.
 */
export async function guardedPost(post: Post, options: PostOptions = {}): Promise<PostResult> {
  const deadline = AbortSignal.timeout(options.timeoutMs ?? LIMITS.notificationTimeoutMs)
  const signal = AbortSignal.any([post.signal, deadline])
  const origin = new URL(post.url).origin
  let url = new URL(post.url)
  try {
    for (let redirects = 0; ; redirects += 1) {
      const headers = url.origin === origin ? post.headers : {}
      const answer = await sendOnce({ ...post, headers, signal }, url, options)
      const status = answer.statusCode ?? 0
      if (status < 300 || status > 399 || status === 304) {
        const text = await readStart(answer)
        return { kind: 'answer', status, retryAfter: answer.headers['retry-after'], text }
      }
      answer.destroy()
      const next = nextUrl(answer, url)
      if (redirects === MOST_REDIRECTS || next === undefined)
        return { kind: 'refused', reason: 'redirect', status }
      url = next
    }
  } catch (error) {
    if (post.signal.aborted) return { kind: 'unreachable', reason: 'interrupted' }
    return deadline.aborted ? { kind: 'unreachable', reason: 'timeout' } : describeFailure(error)
  }
}

function nextUrl(answer: IncomingMessage, from: URL): URL | undefined {
  const { location } = answer.headers
  if (answer.statusCode !== 307 && answer.statusCode !== 308) return undefined
  if (location === undefined || !URL.canParse(location, from.href)) return undefined
  const to = new URL(location, from.href)
  const isHttp = to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:')
  return isHttp && to.username === '' && to.password === '' ? to : undefined
}

async function sendOnce(post: Post, url: URL, options: PostOptions): Promise<IncomingMessage> {
  const { allowPrivateAddresses, signal } = post
  const { resolve, isPublic = isPublicAddress, ca } = options
  const body = Buffer.from(post.body)
  // A socket asks no lookup for what is an address already.
  const address = addressOf(url.hostname)
  if (!allowPrivateAddresses && address !== undefined && !isPublic(address)) throw privateAddressError()
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  const outgoing = send(url, {
    method: 'POST',
    headers: {
      ...post.headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': body.length,
      'accept-encoding': 'identity',
      'user-agent': 'LLMOps-Console',
    },
    // A connection of its own: none that was opened under other rules is used again.
    agent: false,
    signal,
    ...(allowPrivateAddresses ? {} : { lookup: publicLookup(resolve, isPublic) }),
    ...(ca === undefined ? {} : { ca }),
  })
  if (!allowPrivateAddresses) refusePrivatePeers(outgoing, isPublic)
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
  outgoing.end(body)
  const [answer] = await answered
  return answer
}

/** The last look, at the connection itself, before a byte is sent. */
function refusePrivatePeers(outgoing: ClientRequest, isPublic: (address: string) => boolean): void {
  outgoing.once('socket', (socket) => {
    socket.once('connect', () => {
      const { remoteAddress } = socket
      if (remoteAddress === undefined || !isPublic(remoteAddress)) socket.destroy(privateAddressError())
    })
  })
}

async function readStart(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      // Leaving the loop destroys the answer.
      if (length >= LIMITS.webhookAnswerBytes) break
    }
  } catch {
    // It broke off. The status has come, and says whether the message was taken: sending it again would repeat it.
  }
  return Buffer.concat(chunks).subarray(0, LIMITS.webhookAnswerBytes).toString('utf8')
}

/** Codes of errors that say nothing of the address but the kind of failure; their messages may hold the URL. */
function describeFailure(error: unknown): PostResult {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === PRIVATE_ADDRESS) return { kind: 'refused', reason: 'private-address' }
  if (isCertificateProblem(code)) return { kind: 'refused', reason: `certificate: ${code}` }
  return { kind: 'unreachable', reason: code === '' ? 'network' : `network: ${code}` }
}

/** Codes of OpenSSL's verification, as Node names them. */
export function isCertificateProblem(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/.test(code) && !code.startsWith('ERR_SSL')
}

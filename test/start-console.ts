import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Console, ConsoleOptions } from '../src/main/console.ts'
import { openConsole } from '../src/main/console.ts'
import type { Log } from '../src/main/log.ts'

/** A log that a test can read. */
export interface RecordingLog extends Log {
  readonly lines: string[]
}

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  /** Parsed when the answer says that it is JSON, else text. */
  body: unknown
}

export interface Message {
  method?: string
  path?: string
  headers?: Record<string, string>
  /** Text and bytes go as they are, anything else as JSON. */
  body?: unknown
}

export interface TestConsole {
  console: Console
  url: string
  token: string
  dataDir: string
  log: RecordingLog
  /** Sends exactly this and nothing more: no token, no content type. */
  send: (message: Message) => Promise<Answer>
  /** Sends calls as a dev app does: JSON, no token. */
  post: (body: unknown, headers?: Record<string, string>) => Promise<Answer>
  /** Reads as a script does: with the token. */
  get: (path: string) => Promise<Answer>
  close: () => Promise<void>
}

/**
 * Opens a whole console on a fresh folder and a free port, until `close`, which removes the folder too unless the
 * caller named it.
 */
export async function startConsole(
  overrides: Partial<Omit<ConsoleOptions, 'log'>> = {},
): Promise<TestConsole> {
  const dataDir = overrides.dataDir ?? mkdtempSync(join(tmpdir(), 'llmops-console-'))
  const removeFolder = () => {
    if (overrides.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
  }
  const log = recordingLog()
  const opened = await openConsole({ port: 0, ...overrides, dataDir, log }).catch((error: unknown) => {
    removeFolder()
    throw error
  })
  const agent = new Agent({ keepAlive: true })
  const send = (message: Message) => sendTo(opened.url, message, agent)
  let closed: Promise<void> | undefined
  const closeOnce = () => (closed ??= opened.close())
  return {
    console: { ...opened, close: closeOnce },
    url: opened.url,
    token: opened.token,
    dataDir,
    log,
    send,
    post: (body, headers = {}) =>
      send({
        method: 'POST',
        path: '/v1/app-logs',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      }),
    get: (path) => send({ path, headers: { authorization: `Bearer ${opened.token}` } }),
    async close() {
      await closeOnce()
      agent.destroy()
      removeFolder()
    },
  }
}

/** The same, closed when the test ends. */
export async function consoleForTest(
  overrides: Partial<Omit<ConsoleOptions, 'log'>> = {},
): Promise<TestConsole> {
  const opened = await startConsole(overrides)
  onTestFinished(() => opened.close())
  return opened
}

/** Sends one request and reads its answer, which may come before the request was sent to its end. */
export function sendTo(url: string, message: Message, agent?: Agent): Promise<Answer> {
  const { method = 'GET', path = '/', headers = {}, body } = message
  const bytes =
    body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, url), { method, headers, agent: agent ?? false }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const isJson = incoming.headers['content-type']?.startsWith('application/json') === true
        const parsed: unknown = isJson ? JSON.parse(text) : text
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: parsed })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(bytes)
  })
}

export function recordingLog(): RecordingLog {
  const lines: string[] = []
  return {
    lines,
    info: (message) => void lines.push(`info ${message}`),
    warn: (message) => void lines.push(`warn ${message}`),
    error: (message, error) =>
      void lines.push(`error ${message} ${error instanceof Error ? error.stack : ''}`),
  }
}

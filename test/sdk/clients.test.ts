import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'

import { z } from 'zod'
import { feedbackSchema } from '#shared/contract/feedback.ts'
import { buildSdk } from '../../scripts/build-sdk.ts'
import type { TestConsole } from '../start-console.ts'
import { consoleForTest } from '../start-console.ts'
import type { ClientProgram } from './client-program.ts'
import {
  CLIENT_FILES,
  hasCommand,
  javaAspectProgram,
  javaProgram,
  javaScriptProgram,
  pythonProgram,
  runProgram,
} from './client-program.ts'
import { startRelay } from './relay.ts'
import type { Recorded } from './scenarios.ts'
import { SCENARIOS } from './scenarios.ts'

const NO_PYTHON = hasCommand('python3', '--version') ? null : 'there is no python3'
const NO_JAVA = hasCommand('javac', '-version') ? null : 'there is no javac'
const CLIENTS = [
  {
    language: 'Python',
    files: ['app_log.py'],
    start: pythonProgram,
    missing: NO_PYTHON,
    byHand: 'by-hand-python',
    errorType: 'ValueError',
  },
  {
    language: 'JavaScript',
    files: ['app-log.ts', 'app-log.mjs'],
    start: javaScriptProgram,
    missing: null,
    byHand: 'by-hand-javascript',
    errorType: 'RangeError',
  },
  {
    language: 'Java',
    files: ['java/AppLog.java', 'java/AppLogAspect.java'],
    start: javaProgram,
    missing: NO_JAVA,
    byHand: 'by-hand-java',
    errorType: 'IllegalStateException',
  },
]
const NOTHING_SENT = { sent: 0, dropped: 0, failed: 0, queued: 0 }
const UNAVAILABLE = { status: 503, body: { error: { code: 'unavailable', message: 'store is down' } } }

const storedCallSchema = z.looseObject({
  requestId: z.string(),
  appType: z.string().nullable(),
  durationMs: z.number().nullable(),
  ttftMs: z.number().nullable(),
  prompt: z.unknown(),
  response: z.unknown(),
})
type StoredCall = z.infer<typeof storedCallSchema>

const deliveredSchema = z.tuple([
  z.object({ ids: z.array(z.string()) }),
  z.object({ isDone: z.boolean(), stats: z.record(z.string(), z.number()) }),
])
const feedbackPageSchema = z.object({ items: z.array(feedbackSchema) })
const recordedSchema = z.tuple([
  z.object({ ids: z.array(z.string()), stats: z.object({ dropped: z.number() }) }),
])

describe.each(CLIENTS)('the client for $language', ({ files, start, missing, byHand, errorType }) => {
  // The reason stands in the name, for a report to show.
  const run = missing === null ? test : (name: string) => test.skip(`${name} (skipped: ${missing})`)
  let program: ClientProgram

  beforeAll(() => {
    if (missing === null) program = start()
  }, 60_000)
  afterAll(() => program?.remove())

  const end = async (env: Record<string, string>, command: string, ...numbers: number[]) => {
    const ended = await runProgram(program, [command, ...numbers], { LLMOPS_APP: 'sdk', ...env })
    expect(ended.code, ended.stderr).toBe(0)
    return ended
  }
  const deliver = async (env: Record<string, string>, count: number, length = 10) => {
    const ended = await end(env, 'deliver', count, length)
    const [{ ids }, outcome] = deliveredSchema.parse(ended.said)
    return { ids, ...outcome, stderr: ended.stderr }
  }

  run('records what functions, streams and vendors’ results give, each call once', async () => {
    const opened = await consoleForTest()
    // What the console counts by itself was not said by the client.
    await set(opened, { estimateMissingTokens: false })
    const ended = await end({ LLMOPS_URL: opened.url }, 'scenarios')
    expect(ended.stderr).toBe('')

    const calls = await callsOf(opened)
    const byType = new Map(calls.map((call) => [call.appType ?? '', call]))
    expect(byType.size).toBe(calls.length)
    for (const [appType, expected] of Object.entries(SCENARIOS)) {
      const call = byType.get(appType)
      const prompt = appType === 'long' ? call?.prompt : expected.prompt
      expect(call, appType).toMatchObject(storedAs({ ...expected, prompt: prompt ?? null }))
      expect(call?.['app']).toBe('sdk')
      expect(call?.durationMs).toBeGreaterThanOrEqual(0)
      expect(call?.ttftMs !== null, `time to first token of ${appType}`).toBe(expected.hasTtft === true)
    }
    for (const type of ['error', 'async-error', 'stream-error'])
      expect(byType.get(type)).toMatchObject({ errorType })
    expect(byType.get('by-hand')?.requestId).toBe(byHand)
    expect(byType.get('by-hand')?.durationMs).toBe(12.5)

    const ownId = byType.get('request-id')
    expect(ownId?.response).toBe(ownId?.requestId)
    const circular = byType.get('circular')
    expect(circular?.prompt).toMatchObject({ name: 'loop', api_key: '[redacted]', self: '[circular]' })
    expect(JSON.stringify(circular)).not.toContain('sk-123')
    const long = byType.get('long')?.prompt
    expect(long).toMatch(/^长+…\[truncated, 1500000 characters\]$/)
    expect(String(long).length).toBeLessThanOrEqual(1_000_050)
  })

  run('delivers every call once when answers are lost, refused and late', async () => {
    const opened = await consoleForTest()
    const relay = await startRelay(opened.url, ['hang up', UNAVAILABLE, 'lose the answer'])
    const { ids, isDone, stats, stderr } = await deliver({ LLMOPS_URL: relay.url }, 3)
    expect({ isDone, stats, stderr }).toEqual({
      isDone: true,
      stats: { ...NOTHING_SENT, sent: 3 },
      stderr: '',
    })
    expect((await callsOf(opened)).map((call) => call.requestId).sort()).toEqual([...ids].sort())
    expect(relay.seen.length).toBe(4)
    // The same bytes each time, so the same ids.
    expect(new Set(relay.seen.map((request) => request.body)).size).toBe(1)
  })

  run(
    'sends feedback on a call, each once and tied to it, when answers are lost, refused and late',
    async () => {
      const opened = await consoleForTest()
      const relay = await startRelay(opened.url, ['lose the answer', 'hang up', UNAVAILABLE])
      const ended = await end({ LLMOPS_URL: relay.url }, 'judge', 5)
      const [{ ids }, outcome] = deliveredSchema.parse(ended.said)
      expect({ ...outcome, stderr: ended.stderr }).toEqual({
        isDone: true,
        stats: { ...NOTHING_SENT, sent: 3 },
        stderr: '',
      })
      const { items } = feedbackPageSchema.parse((await opened.get('/v1/feedback')).body)
      expect(items.map(({ id }) => id).sort()).toEqual([...ids].sort())
      const byId = new Map(items.map((item) => [item.id, item]))
      const [first = '', second = ''] = ids
      expect(byId.get(first)).toMatchObject({ rating: 1, userId: 'u-context', tags: [], source: null })
      // Cut to what the console takes, and not through a character.
      expect(byId.get(first)?.comment).toBe(`${'😀'.repeat(4_999)}…`)
      expect(second).toBe('own-id')
      expect(byId.get(second)).toMatchObject({
        requestId: 'judged',
        rating: 5,
        comment: '回答很好 <b>',
        type: 'quality',
        tags: ['a', '标签'],
        userId: 'u-1',
        source: 'end-user',
      })
      expect(items.every(({ call }) => call?.appType === 'judged')).toBe(true)
    },
  )

  run('counts feedback that the console refuses, and says why', async () => {
    const opened = await consoleForTest()
    const ended = await end({ LLMOPS_URL: opened.url }, 'judge', 6)
    const [, { stats }] = deliveredSchema.parse(ended.said)
    expect(stats).toEqual({ ...NOTHING_SENT, sent: 2, failed: 1 })
    expect(ended.stderr).toContain('rating must be an integer from 1 to 5')
    expect(ended.stderr).not.toContain('回答')
  })

  run('waits for a console that starts later than the app', async () => {
    const port = await freePort()
    const delivery = deliver({ LLMOPS_URL: `http://127.0.0.1:${port}` }, 250)
    await sleep(500)
    const opened = await consoleForTest({ port })
    const { ids, stats } = await delivery
    expect(stats).toEqual({ ...NOTHING_SENT, sent: 250 })
    expect((await callsOf(opened)).map((call) => call.requestId).sort()).toEqual([...ids].sort())
  })

  run('sends what waits when the program ends by itself', async () => {
    const opened = await consoleForTest()
    const ended = await end({ LLMOPS_URL: opened.url }, 'record', 250, 10)
    const [{ ids }] = recordedSchema.parse(ended.said)
    expect((await callsOf(opened)).map((call) => call.requestId).sort()).toEqual([...ids].sort())
  })

  run('takes no more than its queue holds, counts the rest, and holds up nobody’s end', async () => {
    const relay = await startRelay(
      '',
      Array.from({ length: 100 }, () => 'keep waiting' as const),
    )
    const ended = await end({ LLMOPS_URL: relay.url }, 'record', 10_050, 1)
    const [{ ids, stats }] = recordedSchema.parse(ended.said)
    expect(ids.length).toBe(10_050)
    expect(stats.dropped).toBe(50)
  })

  run('bounds what waits by its size too', async () => {
    const relay = await startRelay(
      '',
      Array.from({ length: 100 }, () => 'keep waiting' as const),
    )
    const ended = await end({ LLMOPS_URL: relay.url }, 'record', 20, 999_000)
    const [{ stats }] = recordedSchema.parse(ended.said)
    // 16 MiB hold 16 calls of a little less than 1 MB.
    expect(stats.dropped).toBe(4)
  })

  run('does nothing while it is switched off', async () => {
    const relay = await startRelay('', [])
    await end({ LLMOPS_URL: relay.url, LLMOPS_DISABLED: '1' }, 'record', 5, 10)
    expect(relay.seen).toEqual([])
  })

  run('never disturbs the app, whatever its address is', async () => {
    for (const address of ['not an address', 'ftp://127.0.0.1', 'http://', 'http://127.0.0.1:99999']) {
      const ended = await end({ LLMOPS_URL: address }, 'scenarios')
      // How a logger puts it is its own affair: in one line or in two.
      expect(ended.stderr.match(/cannot be sent/g), address).toHaveLength(1)
      expect(ended.stderr).not.toContain('You said')
    }
  })

  run('shows the token where the console asks for one, and nowhere else', async () => {
    const opened = await consoleForTest()
    const token = await demandToken(opened)
    const refused = await deliver({ LLMOPS_URL: opened.url }, 250)
    expect(refused.stats).toEqual({ ...NOTHING_SENT, failed: 250 })
    expect(refused.stderr.match(/answered 401/g)).toHaveLength(1)
    expect(refused.stderr).toContain('LLMOPS_TOKEN')

    const wrong = await deliver({ LLMOPS_URL: opened.url, LLMOPS_TOKEN: 'a-wrong-token' }, 1)
    expect(wrong.stats).toEqual({ ...NOTHING_SENT, failed: 1 })
    expect(wrong.stderr).not.toContain('a-wrong-token')

    const taken = await deliver({ LLMOPS_URL: opened.url, LLMOPS_TOKEN: token }, 3)
    expect({ stats: taken.stats, stderr: taken.stderr }).toEqual({
      stats: { ...NOTHING_SENT, sent: 3 },
      stderr: '',
    })
    expect(await callsOf(opened)).toHaveLength(3)
  })

  run('counts what the console refuses, and says why once', async () => {
    const body = {
      accepted: 1,
      duplicates: 1,
      rejected: 1,
      ids: [],
      errors: [{ index: 2, path: 'inputTokens', reason: 'must be an integer >= 0' }],
    }
    const relay = await startRelay('', [{ status: 200, body }])
    const { stats, stderr } = await deliver({ LLMOPS_URL: relay.url }, 3)
    expect(stats).toEqual({ ...NOTHING_SENT, sent: 2, failed: 1 })
    expect(stderr).toContain('inputTokens must be an integer >= 0')
    expect(stderr).not.toContain('xxx')
  })

  run('does not follow a redirect with what it has to send', async () => {
    const other = await startRelay('', [])
    const headers = { location: `${other.url}/v1/app-logs` }
    const relay = await startRelay('', [{ status: 307, body: {}, headers }])
    const { stats } = await deliver({ LLMOPS_URL: relay.url, LLMOPS_TOKEN: 'secret' }, 1)
    expect(stats).toEqual({ ...NOTHING_SENT, failed: 1 })
    expect(other.seen).toEqual([])
  })

  run('is served to be copied', async () => {
    const opened = await consoleForTest()
    for (const file of files) {
      const answer = await opened.send({ path: `/sdk/${file}` })
      expect(answer.status).toBe(200)
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
      expect(answer.body).toBe(readFileSync(join(CLIENT_FILES, file), 'utf8'))
    }
  })
})

test.skipIf(NO_PYTHON !== null)('the client for Python is written in the language of 3.9', () => {
  const parse =
    'import ast, sys; ast.parse(open(sys.argv[1], encoding="utf-8").read(), feature_version=(3, 9))'
  execFileSync('python3', ['-c', parse, join(CLIENT_FILES, 'app_log.py')])
})

test.skipIf(NO_JAVA !== null)(
  `the aspect for Spring records the methods of beans${NO_JAVA === null ? '' : ` (skipped: ${NO_JAVA})`}`,
  async () => {
    const opened = await consoleForTest()
    const program = javaAspectProgram()
    onTestFinished(() => program.remove())
    const ended = await runProgram(program, [], { LLMOPS_URL: opened.url, LLMOPS_APP: 'sdk' })
    expect(ended).toEqual({ code: 0, said: [], stderr: '' })
    const calls = await callsOf(opened)
    expect(calls.sort((a, b) => String(a.appType).localeCompare(String(b.appType)))).toMatchObject([
      { appType: 'bean', status: 'ok', prompt: 'tea', response: 'Cases for tea' },
      { appType: 'bean-method', status: 'error', errorType: 'IllegalArgumentException', prompt: 'tea' },
    ])
  },
)

test('the client for JavaScript is what its source gives', async () => {
  expect(readFileSync(join(CLIENT_FILES, 'app-log.mjs'), 'utf8')).toBe(await buildSdk())
})

test.each([
  { place: 'Node', types: ['node'], lib: ['lib.es2022.d.ts'] },
  { place: 'a browser', types: [], lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'] },
  { place: 'an edge runtime', types: [], lib: ['lib.es2022.d.ts', 'lib.webworker.d.ts'] },
])('the client for TypeScript fits into the strictest project of $place', ({ types, lib }) => {
  const compiled = ts.createProgram([join(CLIENT_FILES, 'app-log.ts')], {
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    noImplicitReturns: true,
    noPropertyAccessFromIndexSignature: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    verbatimModuleSyntax: true,
    isolatedModules: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib,
    types,
  })
  const problems = ts.getPreEmitDiagnostics(compiled)
  expect(problems.map((problem) => ts.flattenDiagnosticMessageText(problem.messageText, ' '))).toEqual([])
})

async function callsOf(opened: TestConsole): Promise<StoredCall[]> {
  const { items } = z
    .object({ items: z.array(z.object({ requestId: z.string() })) })
    .parse((await opened.get('/v1/app-logs?limit=1000')).body)
  return Promise.all(
    items.map(async ({ requestId }) =>
      storedCallSchema.parse((await opened.get(`/v1/app-logs/${encodeURIComponent(requestId)}`)).body),
    ),
  )
}

/** The whole call as the console answers it, with what was not given absent there too. */
function storedAs(expected: Recorded): object {
  const { tokens = [], tags = [], attributes = {}, hasTtft: _hasTtft, ...given } = expected
  const [input = null, output = null, cached = null, cacheWrite = null, reasoning = null, total = null] =
    tokens
  return {
    status: 'ok',
    operation: null,
    provider: null,
    model: null,
    userId: null,
    sessionId: null,
    errorMessage: null,
    prompt: null,
    response: null,
    ...given,
    tags,
    attributes,
    inputTokens: input,
    outputTokens: output,
    cachedInputTokens: cached,
    cacheWriteTokens: cacheWrite,
    reasoningTokens: reasoning,
    totalTokens: total,
    flags: [],
  }
}

async function set(opened: TestConsole, settings: object): Promise<void> {
  const { status } = await opened.send({
    method: 'PUT',
    path: '/v1/settings',
    headers: { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' },
    body: settings,
  })
  expect(status).toBe(200)
}

/** Makes the console ask apps for its token. */
async function demandToken(opened: TestConsole): Promise<string> {
  await set(opened, { requireToken: true })
  return readFileSync(join(opened.dataDir, 'app-token'), 'utf8').trim()
}

/** A port where nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

/**
 * Sends calls to an HTTP server as fast as it answers, or so many a second, from a process of its own, and prints what
 * it measured as JSON.
 *
 *   node scripts/bench/load.ts <url> <calls> <calls a request> <connections> native|silent|texts|otlp-json|otlp-protobuf [<calls a second>]
 *
 * Silent calls are native ones that do not report their tokens; texts are native ones with texts that people wrote.
 */
import { randomBytes } from 'node:crypto'
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { ExportTraceServiceRequest } from '../../src/main/collector/otlp/schema.ts'
import { createRandom } from '../../src/main/demo/random.ts'
import { madeUpCall } from './made-up-call.ts'
import type { RealLines } from './real-texts.ts'
import { readRealLines, textsOf } from './real-texts.ts'

const [url = '', calls = '0', batch = '1', connections = '1', format = 'native', rate = 'Infinity'] =
  process.argv.slice(2)
const BATCH = Number(batch)
const REQUESTS = Math.ceil(Number(calls) / BATCH)
const CONNECTIONS = Number(connections)
const REQUESTS_PER_MS = Number(rate) / BATCH / 1_000
/** Distinct bodies made before the clock starts; ids are patched so that every call is a new one. */
const BODIES = 64
/** Stands for the first half of every id, and is replaced by a number of the request. */
const MARK = 'f0f1f2f3f4f5f6f7'
const random = createRandom(1)
const lines = format === 'texts' ? await readRealLines() : undefined

function nativeBody(isSilent: boolean): Buffer {
  const records = Array.from({ length: BATCH }, () => ({
    requestId: `${MARK}-${randomBytes(8).toString('hex')}`,
    provider: 'bench',
    operation: 'chat',
    ...madeUpCall(),
    ...(isSilent && { inputTokens: undefined, outputTokens: undefined }),
    ...(lines && plainTexts(lines)),
  }))
  return Buffer.from(JSON.stringify(BATCH === 1 ? records[0] : records))
}

function plainTexts(from: RealLines) {
  const { prompt, response } = textsOf(random, from)
  return { prompt: prompt?.text, response: response?.text }
}

function otlpBody(encoding: 'json' | 'protobuf'): Buffer {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
  const whole = (key: string, value: number) => ({ key, value: { intValue: String(value) } })
  const id = (hex: string) => (encoding === 'json' ? hex : Buffer.from(hex, 'hex'))
  const spans = Array.from({ length: BATCH }, () => {
    const call = madeUpCall()
    return {
      traceId: id(MARK + randomBytes(8).toString('hex')),
      spanId: id(randomBytes(8).toString('hex')),
      name: `chat ${call.model}`,
      startTimeUnixNano: `${call.startedAt}000000`,
      endTimeUnixNano: `${call.startedAt + call.durationMs}000000`,
      attributes: [
        text('gen_ai.operation.name', 'chat'),
        text('gen_ai.provider.name', 'bench'),
        text('gen_ai.response.model', call.model),
        text('user.id', call.userId),
        whole('gen_ai.usage.input_tokens', call.inputTokens),
        whole('gen_ai.usage.output_tokens', call.outputTokens),
        text('gen_ai.input.messages', JSON.stringify([{ role: 'user', content: call.prompt }])),
        text('gen_ai.output.messages', JSON.stringify([{ role: 'assistant', content: call.response }])),
      ],
    }
  })
  const resource = { attributes: [text('service.name', 'bench')] }
  const message = { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }
  return encoding === 'json'
    ? Buffer.from(JSON.stringify(message))
    : Buffer.from(ExportTraceServiceRequest.encode(ExportTraceServiceRequest.fromObject(message)).finish())
}

const makeBody = {
  native: () => nativeBody(false),
  silent: () => nativeBody(true),
  texts: () => nativeBody(false),
  'otlp-json': () => otlpBody('json'),
  'otlp-protobuf': () => otlpBody('protobuf'),
}[format]
if (!makeBody) throw new Error(`unknown format ${format}`)
const mark = format === 'otlp-protobuf' ? Buffer.from(MARK, 'hex') : Buffer.from(MARK)
const templates = Array.from({ length: Math.min(BODIES, REQUESTS) }, () => {
  const body = makeBody()
  const marks: number[] = []
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + 1)) marks.push(at)
  return { body, marks }
})

let serial = randomBytes(6).readUIntBE(0, 6)
function nextBody(index: number): Buffer {
  const template = templates[index % templates.length]
  if (!template) throw new Error('no body')
  const body = Buffer.from(template.body)
  const id = Buffer.alloc(8)
  id.writeBigUInt64BE(BigInt((serial += 1)))
  const patch = format === 'otlp-protobuf' ? id : Buffer.from(id.toString('hex'))
  for (const at of template.marks) patch.copy(body, at)
  return body
}

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
const contentType = format === 'otlp-protobuf' ? 'application/x-protobuf' : 'application/json'
let failures = 0

function post(body: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const outgoing = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': contentType, 'content-length': body.length } },
      (response) => {
        if (response.statusCode !== 200) failures += 1
        response.resume().on('end', resolve)
      },
    )
    outgoing.on('error', () => {
      failures += 1
      resolve()
    })
    outgoing.end(body)
  })
}

let next = 0
const startedAt = performance.now()
await Promise.all(
  Array.from({ length: CONNECTIONS }, async () => {
    while (next < REQUESTS) {
      const index = next++
      const waitMs = index / REQUESTS_PER_MS - (performance.now() - startedAt)
      if (waitMs > 0) await sleep(waitMs)
      await post(nextBody(index))
    }
  }),
)
const seconds = (performance.now() - startedAt) / 1_000
agent.destroy()
process.stdout.write(JSON.stringify({ callsPerSecond: (REQUESTS * BATCH) / seconds, failures }))

import { randomUUID } from 'node:crypto'
import type { Random } from '../../src/main/demo/random.ts'
import { createRandom } from '../../src/main/demo/random.ts'
import type { NewCall } from '../../src/main/store/call.ts'
import { DAY_MS } from '../../src/main/store/rollup-levels.ts'

/** Raised when the calls change, so that data made before are made anew. */
export const MONTH_VERSION = 2
const DAYS = 30
/** Where the month ends: in the middle of an hour, as what people ask for does. */
export const MONTH_END = Date.UTC(2026, 5, 30, 15, 23, 45, 678)
export const MONTH_START = MONTH_END - DAYS * DAY_MS

/** How long prompt and response are together: about 1.5 KiB, or a few words. */
export type Bodies = 'ordinary' | 'short'

const USERS = 20_000
const ERROR_SHARE = 0.03
/** Calls that arrive long after their start, as from an app that was offline. */
const LATE_SHARE = 0.01
const LATE_MS_MAX = 2 * 3_600_000
/** How much busier than the average the busiest hour of a day is. */
const DAILY_SWING = 0.8
const SESSIONS_PER_DAY = 2

/** The greater the rank, the rarer: a few of each kind make most of the traffic. */
const ranked = (names: [string, ...string[]]) =>
  names.map((name, rank) => ({ name, weight: 1 / (rank + 1) })) as [Ranked, ...Ranked[]]
interface Ranked {
  name: string
  weight: number
}

const APPS = ranked(['checkout', 'support', 'search', 'writer', 'reviewer', 'translator', 'planner', 'batch'])
const APP_TYPES = ['CHAT', 'AGENT', 'RAG', null]
const MODELS = ranked([
  ...['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4', 'qwen-max', 'gemini-2.5-pro', 'deepseek-chat', 'gpt-4.1'],
  ...['claude-haiku-4', 'qwen-plus', 'gemini-2.5-flash', 'deepseek-reasoner', 'glm-4', 'o3', 'claude-opus-4'],
  ...['qwen-turbo', 'gemini-2.0-flash', 'gpt-4.1-mini', 'glm-4-flash', 'o4-mini', 'a-model-of-our-own'],
] as [string, ...string[]])
const PROVIDERS = ['openai', 'anthropic', 'dashscope', 'google', 'deepseek', 'ollama']
const ENVIRONMENTS = [
  { name: 'production', weight: 80 },
  { name: 'staging', weight: 15 },
  { name: 'development', weight: 5 },
] as [Ranked, ...Ranked[]]
const ERROR_TYPES = ranked(['timeout', 'rate_limit', 'overloaded', 'invalid_request', 'content_filter'])
/** One model has no price. */
const UNPRICED_MODEL = MODELS.length - 1

/**
 * A month of calls in the order of their arrival: few labels that repeat, many users, log-normal durations, days and
 * nights, some calls that come late. The same count gives the same calls.
 */
export function* madeUpMonth(count: number, bodies: Bodies): Generator<NewCall> {
  const random = createRandom(count)
  const texts = bodies === 'short' ? SHORT_TEXTS : longTexts(random)
  for (let index = 0; index < count; index += 1) {
    yield madeUpCallAt(arrivalOf(index / count), random, texts)
  }
}

/** How far apart the calls of a month of ten million are. */
const GAP_MS = Math.floor((DAYS * DAY_MS) / 10_000_000)

/** Calls as those of the month, from then on, without end. */
export function* madeUpSince(from: number, bodies: Bodies, seed: number): Generator<NewCall, never> {
  const random = createRandom(seed)
  const texts = bodies === 'short' ? SHORT_TEXTS : longTexts(random)
  // Ids of their own: long sequences of these random numbers come to overlap.
  for (let at = from; ; at += GAP_MS) yield { ...madeUpCallAt(at, random, texts), requestId: randomUUID() }
}

/** @param share of the month's calls that came before. */
function arrivalOf(share: number): number {
  const swing = (DAILY_SWING * Math.sin(2 * Math.PI * DAYS * share)) / (2 * Math.PI * DAYS)
  return MONTH_START + Math.floor((share + swing) * DAYS * DAY_MS)
}

function madeUpCallAt(arrivedAt: number, random: Random, texts: readonly string[]): NewCall {
  const app = random.weighted(APPS)
  const model = random.weighted(MODELS)
  const rank = MODELS.indexOf(model)
  const isError = random.next() < ERROR_SHARE
  const durationUs = Math.round(random.logNormal(400_000 + 150_000 * rank, 0.8))
  const isStreamed = !isError && random.next() < 0.7
  const inputTokens = Math.round(random.logNormal(800, 1))
  const outputTokens = isError ? 0 : Math.round(random.logNormal(200, 0.9))
  // Squared, so that some users call far more than others.
  const user = Math.floor(USERS * random.next() ** 2)
  const lateMs = random.next() < LATE_SHARE ? random.integer(0, LATE_MS_MAX) : 0
  const isPriced = rank !== UNPRICED_MODEL
  return {
    requestId: uuid(random),
    source: 'native',
    isStep: false,
    app: app.name,
    appType: APP_TYPES[APPS.indexOf(app) % APP_TYPES.length] ?? null,
    environment: random.weighted(ENVIRONMENTS).name,
    userId: `user-${user}`,
    sessionId: `session-${user}-${Math.floor(arrivedAt / DAY_MS)}-${random.integer(1, SESSIONS_PER_DAY)}`,
    provider: PROVIDERS[rank % PROVIDERS.length] ?? null,
    requestModel: model.name,
    model: model.name,
    operation: 'chat',
    name: null,
    status: isError ? 'error' : 'ok',
    errorType: isError ? random.weighted(ERROR_TYPES).name : null,
    errorMessage: isError ? 'the upstream did not answer' : null,
    startedAt: Math.max(MONTH_START, arrivedAt - Math.floor(durationUs / 1_000) - lateMs),
    reportedStartedAt: null,
    arrivedAt,
    durationUs,
    ttftUs: isStreamed ? Math.round(durationUs * (0.1 + 0.4 * random.next())) : null,
    inputTokens,
    outputTokens,
    cachedInputTokens: random.next() < 0.2 ? Math.floor(inputTokens / 2) : null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    totalTokens: inputTokens + outputTokens,
    usageSource: 'reported',
    costNanos: isPriced ? (inputTokens + 4 * outputTokens) * (100 + 50 * rank) : null,
    costSource: isPriced ? 'computed' : null,
    costConfigId: isPriced ? `catalogue:${model.name}` : null,
    reportedCost: null,
    traceId: null,
    spanId: null,
    parentSpanId: null,
    tags: [],
    flags: [],
    attributes: null,
    prompt: { format: 'text', text: random.pick(texts as [string, ...string[]]) },
    response: isError ? null : { format: 'text', text: random.pick(texts as [string, ...string[]]) },
  }
}

/** Without order, as most apps make ids, and as is hardest to store. */
function uuid(random: Random): string {
  const hex = () =>
    Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  const [a, b, c, d] = [hex(), hex(), hex(), hex()]
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`
}

const WORDS =
  '你好 模型 延迟 请求 成本 the model latency tokens cost prompt answer cache tool stream evaluate index'.split(
    ' ',
  ) as [string, ...string[]]

const SHORT_TEXTS = WORDS.map((word) => `Tell me about ${word}.`)

function longTexts(random: Random): string[] {
  return Array.from({ length: 500 }, () => Array.from({ length: 130 }, () => random.pick(WORDS)).join(' '))
}

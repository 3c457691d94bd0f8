/**
 * Records the LLM calls of a JavaScript or TypeScript app in LLMOps Console. One file, no dependencies; Node 18 or newer,
 * Bun, Deno, edge runtimes and bundlers. `app-log.mjs` is the same without types.
 *
 * Copy this file into your app, wrap the function that calls the model, and open the console:
 *
 *     import { appLog, feedback, flush, logged, withContext } from './app-log.mjs'
 *
 *     const ask = appLog({ appType: 'CASE_GENERATION' }, async (messages) =>
 *       openai.chat.completions.create({ model: 'gpt-4o-mini', messages }))
 *
 *     await withContext({ userId: 'u-1', sessionId: 's-1', tags: ['beta'] }, () =>
 *       ask([{ role: 'user', content: 'Hello' }]))
 *
 *     feedback(requestId, 5, { comment: 'Just what I needed' })   // what somebody thinks of a call, 1 to 5
 *
 * Functions, async functions, generators, async generators and functions that return a stream are all taken; methods
 * too, by the standard decorator `@logged({ appType: '…' })`. Model, provider, prompt, response and tokens are read in
 * the shapes of OpenAI and Anthropic, or from any object with `model`, `usage` and `text`; a stream is recorded when it
 * ends. Calls are sent in the background: your app never waits for the console, and nothing in here throws into your
 * code. What waits is sent before Node exits by itself; before `process.exit()` or the end of a serverless function,
 * `await flush()`.
 *
 * 把本文件复制到你的应用里，用 `appLog(选项, 函数)` 包装调用模型的函数（方法用 `@logged({…})` 装饰器），打开控制台即可
 * 看到调用：同步、异步、生成器和流式都支持；模型、提示词、回复、Token 用量自动提取。记录在后台发送，控制台没有打开也不影响
 * 你的应用。用 `withContext` 标注用户与会话（`currentRequestId()` 可在被包装的函数内取得调用编号），用 `record({…})` 手工
 * 记录，用 `feedback(调用编号, 评分)` 提交用户对某次调用的评价（1 到 5 分）。调用 `process.exit()` 之前请 `await flush()`。
 *
 * Environment / 环境变量 (or `configure({…})` where there is none):
 *
 *     LLMOPS_URL       where the console listens / 控制台地址; default http://127.0.0.1:4318
 *     LLMOPS_TOKEN     bearer token, if the console asks for one / 访问令牌（控制台要求时才需要）
 *     LLMOPS_APP       name of your app / 应用名称
 *     LLMOPS_DISABLED  1 switches recording off / 设为 1 关闭记录
 */

const DEFAULT_URL = 'http://127.0.0.1:4318'
const DEFAULT_APP = 'default'
/** What waits to be sent is bounded; beyond either, new records are dropped and counted. */
const MAX_QUEUED_RECORDS = 10_000
const MAX_QUEUED_BYTES = 16 * 1024 * 1024
/** A request carries at most this much; a record that is larger goes alone. */
const MAX_BATCH_RECORDS = 100
const MAX_BATCH_BYTES = 4 * 1024 * 1024
/** How long a record waits for others to share its request. */
const BATCH_DELAY_MS = 1_000
/** How long the end of the process may be held up. */
const EXIT_FLUSH_MS = 2_000
/** No longer than that, because a request under way keeps Node alive. */
const REQUEST_TIMEOUT_MS = EXIT_FLUSH_MS
/** A batch is tried this often, which is about two minutes, and then counted as failed. */
const MAX_ATTEMPTS = 10
const RETRY_BASE_MS = 500
const RETRY_MAX_MS = 30_000
/** A server may ask for a longer pause than that, but is not given more than this. */
const RETRY_AFTER_MAX_MS = 60_000
/** The console's own limits; what is longer would be cut or refused there. */
const MAX_TEXT_LENGTH = 1_000_000
const MAX_NAME_LENGTH = 200
const MAX_COMMENT_LENGTH = 10_000
const MAX_TAGS = 20
const MAX_ATTRIBUTES = 100
const MAX_TOKENS = 1_000_000_000
const MAX_DEPTH = 32

/** What a call is labelled with. */
export interface Labels {
  app?: string
  appType?: string
  environment?: string
  userId?: string
  sessionId?: string
  traceId?: string
  tags?: readonly string[]
  attributes?: Readonly<Record<string, unknown>>
}

export interface AppLogOptions extends Labels {
  /** As in OpenTelemetry: `chat`, `embeddings`, `execute_tool`, … */
  operation?: string
  /** Used when the result does not name it. */
  model?: string
  provider?: string
  /** False leaves the prompt out of the record. */
  logRequest?: boolean
  /** False leaves the response out of the record; tokens are still counted. */
  logResponse?: boolean
}

export interface TokenUsage {
  /** Includes cached and cache-write tokens. */
  inputTokens?: number
  /** Includes reasoning tokens. */
  outputTokens?: number
  cachedInputTokens?: number
  cacheWriteTokens?: number
  reasoningTokens?: number
  totalTokens?: number
}

/** A call as `POST /v1/app-logs` takes it; everything is optional. */
export interface CallRecord extends Labels, TokenUsage {
  requestId?: string
  operation?: string
  provider?: string
  model?: string
  requestModel?: string
  status?: 'ok' | 'error'
  errorType?: string
  errorMessage?: string
  /** Stands for the three error fields. */
  error?: unknown
  /** Epoch ms, ISO 8601, or a Date. */
  startedAt?: number | string | Date
  durationMs?: number
  ttftMs?: number
  cost?: { amount: number; currency: string }
  /** Text, or any JSON. */
  prompt?: unknown
  response?: unknown
  spanId?: string
  parentSpanId?: string
}

/** What else there is to say of a call than its rating. */
export interface FeedbackDetails {
  comment?: string
  type?: 'quality' | 'accuracy' | 'latency' | 'safety' | 'other'
  tags?: readonly string[]
  /** Who judges; absent: the user of the surrounding `withContext`. */
  userId?: string
  source?: 'end-user' | 'reviewer' | 'program'
  /** The same id twice is the same feedback; absent: one is made. */
  id?: string
}

/** What became of the records of this process. */
export interface Stats {
  /** Stored by the console. */
  sent: number
  /** Not taken because too much was waiting. */
  dropped: number
  /** Refused by the console, or given up after the last try. */
  failed: number
  /** Waiting or under way. */
  queued: number
}

export interface Settings {
  url: string
  token: string
  app: string
  isDisabled: boolean
}

// --------------------------------------------------------------------------------------------------------------------
// Recording

/**
 * Wraps a function so that each of its calls is recorded.
 *
 * What it returns, yields and throws is passed on unchanged, except that a promise of a subclass becomes a plain one.
 * A stream is recorded when it ends: `ttftMs` is the time to its first item, and its items are put together. A stream
 * that its reader leaves early is `ok` with the attribute `llmops.stream.closed_early`; what is thrown is `error`.
 */
export function appLog<T, A extends unknown[], R>(
  options: AppLogOptions,
  fn: (this: T, ...args: A) => R,
): (this: T, ...args: A) => R {
  // Nothing of a generator's body runs before its first item is asked for.
  const isLazy = /Generator/.test(Object.prototype.toString.call(fn))
  const wrapper = function (this: T, ...args: A): R {
    const call = safely(() => (settings().isDisabled ? undefined : new Call(options, args, isLazy)))
    if (!call) return fn.apply(this, args)
    return watchResult(
      call.run(() => fn.apply(this, args)),
      call,
    )
  }
  Object.defineProperty(wrapper, 'name', { value: fn.name, configurable: true })
  return wrapper
}

/** The same for a method, as a standard (TC39 stage 3) decorator: `@logged({ appType: 'SEARCH' })`. */
export function logged(options: AppLogOptions = {}) {
  return <T, A extends unknown[], R>(
    method: (this: T, ...args: A) => R,
    _context: ClassMethodDecoratorContext<T, (this: T, ...args: A) => R>,
  ): ((this: T, ...args: A) => R) => appLog(options, method)
}

/**
 * Labels all calls that start inside `fn` and what it awaits. Contexts nest: the inner value wins, tags and attributes
 * add up. Labels win over the wrapper's options. Where the runtime has no AsyncLocalStorage, as in browsers, labels
 * hold until the first `await`.
 */
export function withContext<R>(labels: Labels, fn: () => R): R {
  const outer = scopes.current()
  return scopes.run({ ...outer, labels: merge(outer.labels, labels) }, fn)
}

/** Inside a wrapped function: the request id of the call being recorded, to find it again in the console. */
export function currentRequestId(): string | undefined {
  return scopes.current().requestId
}

/**
 * Records one call by hand. The surrounding `withContext` fills in what is absent.
 *
 * @returns its request id.
 */
export function record({ error, ...fields }: CallRecord): string {
  const requestId = fields.requestId || newRequestId()
  safely(() => {
    const startedAt = Date.now() - (Number(fields.durationMs) || 0)
    const failure = error === undefined || error === null ? {} : describeError(error)
    submit({ startedAt, ...failure, ...merge(scopes.current().labels, fields), requestId })
  })
  return requestId
}

/**
 * Sends what somebody thinks of a call, in the background like the calls.
 *
 * @param requestId of the call, as `record` and `currentRequestId` give it; the call may be sent later.
 * @param rating 1 to 5, 5 is best.
 * @returns the feedback's id.
 */
export function feedback(requestId: string, rating: number, details: FeedbackDetails = {}): string {
  const id = details.id || newRequestId()
  safely(() => {
    if (settings().isDisabled) return
    const { userId = scopes.current().labels.userId, comment } = details
    const judgement = { ...details, id, requestId, rating, userId, comment: cutComment(comment) }
    sender.put(FEEDBACK_PATH, JSON.stringify(tidy(judgement)))
  })
  return id
}

/** Counts so far. */
export function stats(): Stats {
  return sender.stats()
}

/**
 * Waits until what was recorded before has been sent or given up.
 *
 * @returns false if records still wait.
 */
export function flush(timeoutMs = 5_000): Promise<boolean> {
  return sender.flush(timeoutMs)
}

/** Overrides the environment; what is absent stays as it is. */
export function configure(changes: Partial<Settings>): void {
  currentSettings = { ...settings(), ...withoutAbsent(changes) }
}

// --------------------------------------------------------------------------------------------------------------------
// The runtime. Only what is there is used, and nothing of Node is imported: bundles for browsers stay whole.

interface Runtime {
  process?: {
    env?: Record<string, string | undefined>
    on?: (event: 'beforeExit', listener: () => void) => unknown
    getBuiltinModule?: (name: string) => unknown
    versions?: { node?: string }
  }
}

const runtime = (globalThis as Runtime).process

let currentSettings: Settings | undefined

/** The environment is read at the first use, so that a file of settings may be loaded after this one. */
function settings(): Settings {
  const env = runtime?.env ?? {}
  return (currentSettings ??= {
    url: env['LLMOPS_URL'] || DEFAULT_URL,
    token: env['LLMOPS_TOKEN'] ?? '',
    app: env['LLMOPS_APP'] || DEFAULT_APP,
    isDisabled: /^(1|true|yes|on)$/i.test((env['LLMOPS_DISABLED'] ?? '').trim()),
  })
}

interface Scope {
  labels: Labels
  requestId?: string
}

interface ScopeStorage {
  getStore(): Scope | undefined
  run<R>(scope: Scope, fn: () => R): R
}

class Scopes {
  #storage: ScopeStorage | undefined
  #synchronous: Scope = { labels: {} }

  constructor() {
    const name = 'node:async_hooks'
    try {
      this.#adopt(runtime?.getBuiltinModule?.(name))
    } catch {
      // A runtime that knows the method but not the module.
    }
    if (this.#storage || !runtime?.versions?.node) return
    // Older versions of Node: it is there before an app has anything to record.
    import(/* @vite-ignore */ /* webpackIgnore: true */ name).then(
      (module: unknown) => this.#adopt(module),
      () => undefined,
    )
  }

  current(): Scope {
    return this.#storage?.getStore() ?? this.#synchronous
  }

  run<R>(scope: Scope, fn: () => R): R {
    if (this.#storage) return this.#storage.run(scope, fn)
    const outer = this.#synchronous
    this.#synchronous = scope
    try {
      return fn()
    } finally {
      this.#synchronous = outer
    }
  }

  #adopt(module: unknown): void {
    const { AsyncLocalStorage } = (module ?? {}) as { AsyncLocalStorage?: new () => ScopeStorage }
    if (AsyncLocalStorage) this.#storage = new AsyncLocalStorage()
  }
}

const scopes = new Scopes()

/** Recording never disturbs the app: what goes wrong in it costs the record and nothing else. */
function safely<R>(fn: () => R): R | undefined {
  try {
    return fn()
  } catch {
    return undefined
  }
}

function withoutAbsent<V extends object>(values: V): { [K in keyof V]?: NonNullable<V[K]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(entries) as { [K in keyof V]?: NonNullable<V[K]> }
}

/** The inner value wins; tags and attributes add up. */
function merge<V extends Labels>(outer: Labels, inner: V): Labels & V {
  const merged: Labels & V = { ...outer, ...inner, ...withoutAbsent(outer), ...withoutAbsent(inner) }
  if (outer.tags && inner.tags) merged.tags = [...new Set([...outer.tags, ...inner.tags])]
  if (outer.attributes && inner.attributes) merged.attributes = { ...outer.attributes, ...inner.attributes }
  return merged
}

// --------------------------------------------------------------------------------------------------------------------
// Wrapped functions

/** One call of a wrapped function, from its start to its record. */
class Call {
  readonly #options: AppLogOptions
  readonly #labels: Labels & AppLogOptions
  readonly #scope: Scope
  readonly #requestId = newRequestId()
  readonly #requestModel: string | undefined
  readonly #prompt: unknown
  readonly #answer = new Answer()
  #startedAt: number | undefined
  #startedClock = 0
  #ttftMs: number | undefined
  #isFinished = false

  constructor(options: AppLogOptions, args: readonly unknown[], isLazy: boolean) {
    const { labels } = scopes.current()
    this.#options = options
    // Labels are those of the place that made the call, wherever its stream is read.
    this.#labels = merge(options, labels)
    this.#scope = { labels, requestId: this.#requestId }
    const { prompt, model } = readArguments(args)
    this.#requestModel = model
    // Taken now: the list of messages will have grown by the time the model has answered.
    if (options.logRequest !== false) this.#prompt = snapshot(prompt)
    if (!isLazy) this.#start()
  }

  /** Runs a part of the function; what it throws ends the call. */
  run<R>(part: () => R): R {
    this.#start()
    try {
      return scopes.run(this.#scope, part)
    } catch (error) {
      this.fail(error)
      throw error
    }
  }

  /** Reads one item of a stream. */
  takeItem(item: unknown): void {
    if (this.#isFinished) return
    this.#ttftMs ??= this.#elapsedMs()
    safely(() => this.#answer.take(item, false))
  }

  /** Reads the result of a function that does not stream. */
  succeed(result: unknown): void {
    safely(() => this.#answer.take(result, true))
    this.finish()
  }

  fail(error: unknown): void {
    this.#submit(() => describeError(error))
  }

  finish({ isClosedEarly = false } = {}): void {
    this.#submit(() => {
      if (!isClosedEarly) return {}
      return { attributes: { ...this.#labels.attributes, 'llmops.stream.closed_early': true } }
    })
  }

  #submit(outcome: () => Record<string, unknown>): void {
    // A generator that was never asked for an item has done nothing.
    if (this.#isFinished || this.#startedAt === undefined) return
    this.#isFinished = true
    safely(() => {
      const { logRequest: _, logResponse: __, ...labels } = this.#labels
      const answer = this.#answer
      const model = answer.model ?? this.#options.model ?? this.#requestModel
      submit({
        ...labels,
        ...answer.usage,
        requestId: this.#requestId,
        status: 'ok',
        startedAt: this.#startedAt,
        durationMs: this.#elapsedMs(),
        ttftMs: this.#ttftMs,
        operation: labels.operation ?? answer.operation,
        requestModel: this.#requestModel,
        model,
        provider: this.#options.provider ?? answer.provider ?? providerOf(model),
        prompt: this.#prompt,
        response: this.#options.logResponse === false ? undefined : answer.response(),
        ...outcome(),
      })
    })
  }

  #start(): void {
    if (this.#startedAt !== undefined) return
    this.#startedAt = Date.now()
    this.#startedClock = performance.now()
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedClock
  }
}

/** Records the call now, or when the promise settles, or when the stream ends. */
function watchResult<R>(result: R, call: Call): R {
  if (isThenable(result)) {
    const watched = result.then(
      (value) => watchResult(value, call),
      (error: unknown) => {
        call.fail(error)
        throw error
      },
    )
    return watched as R
  }
  if (!safely(() => watchStream(result, call))) call.succeed(result)
  return result
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return safely(() => typeof field(value, 'then') === 'function') === true
}

/**
 * Watches an iterator, or the iterators that a stream gives. The object itself is changed, not wrapped: it stays what
 * it is to the app, with all that a vendor's stream can do beside.
 *
 * @returns whether it is a stream.
 */
function watchStream(stream: unknown, call: Call): boolean {
  if (typeof stream !== 'object' || stream === null) return false
  if ('next' in stream && typeof stream.next === 'function') {
    watchIterator(stream, call)
    return true
  }
  // Streams of bytes are read in other ways as well.
  if (!(Symbol.asyncIterator in stream) || 'getReader' in stream) return false
  const iterate = stream[Symbol.asyncIterator]
  if (typeof iterate !== 'function') return false
  override(stream, Symbol.asyncIterator, () => {
    const iterator: unknown = Reflect.apply(iterate, stream, [])
    if (typeof iterator === 'object' && iterator !== null) safely(() => watchIterator(iterator, call))
    return iterator
  })
  return true
}

function watchIterator(iterator: object, call: Call): void {
  for (const name of ['next', 'return', 'throw'] as const) {
    const step: unknown = Reflect.get(iterator, name)
    if (typeof step !== 'function') continue
    override(iterator, name, (...args: unknown[]) => {
      if (name === 'return') call.finish({ isClosedEarly: true })
      const result: unknown = call.run((): unknown => Reflect.apply(step, iterator, args))
      if (!isThenable(result)) return takeStep(result, call)
      return result.then(
        (value: unknown) => takeStep(value, call),
        (error: unknown): never => {
          call.fail(error)
          throw error
        },
      )
    })
  }
}

function takeStep(step: unknown, call: Call): unknown {
  if (field(step, 'done') === true) call.finish()
  else call.takeItem(field(step, 'value'))
  return step
}

function override(target: object, key: string | symbol, value: unknown): void {
  Object.defineProperty(target, key, { value, configurable: true, writable: true, enumerable: false })
}

// --------------------------------------------------------------------------------------------------------------------
// Reading arguments and results

const PROMPT_NAMES = ['messages', 'prompt', 'input']
const INSTRUCTION_NAMES = ['system', 'instructions']
const TEXT_NAMES = ['text', 'content', 'response', 'output_text', 'output', 'answer', 'completion']
const TOOL_BLOCKS = ['tool_use', 'server_tool_use', 'mcp_tool_use']
const SECRET_NAME = /^token$|api_?key|password|secret|authorization|access_?token|credential/i
const OPENAI_MODEL = /^(ft:)?(gpt-|chatgpt-|o1|o3|o4|text-embedding-)/

/** The prompt among the arguments, or in one that is a whole request, and the model asked for. */
function readArguments(args: readonly unknown[]): { prompt: unknown; model: string | undefined } {
  const model = args.map((arg) => text(field(arg, 'model'))).find((name) => name !== undefined)
  for (const arg of args) {
    for (const name of PROMPT_NAMES) {
      const prompt = field(arg, name)
      if (prompt === undefined || prompt === null || typeof prompt === 'function') continue
      const instructions = INSTRUCTION_NAMES.map((key) => field(arg, key)).find(Boolean)
      return { prompt: withInstructions(instructions, prompt), model }
    }
  }
  return { prompt: args.length > 1 ? args : args[0], model }
}

/** Puts instructions that a vendor keeps apart before the messages. */
function withInstructions(instructions: unknown, prompt: unknown): unknown {
  if (instructions === undefined) return prompt
  const messages: unknown[] = Array.isArray(prompt) ? prompt : [{ role: 'user', content: prompt }]
  return [{ role: 'system', content: instructions }, ...messages]
}

/** Many vendors answer in OpenAI's shape, so only the model tells. */
function providerOf(model: string | undefined): string | undefined {
  if (model?.startsWith('claude')) return 'anthropic'
  return model !== undefined && OPENAI_MODEL.test(model) ? 'openai' : undefined
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Reflect.get(value, name)
    : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function count(value: unknown, ...names: string[]): number | undefined {
  for (const name of names) {
    const found = field(value, name)
    if (typeof found === 'number' && Number.isInteger(found) && found >= 0 && found <= MAX_TOKENS)
      return found
  }
  return undefined
}

/** Text, or a list of parts that have it. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  return list(content)
    .map((part) => text(field(part, 'text')) ?? '')
    .join('')
}

/** Token counts under the names of OpenAI, of Anthropic, or of the console. */
function readUsage(usage: unknown): TokenUsage {
  const input = field(usage, 'prompt_tokens_details') ?? field(usage, 'input_tokens_details')
  const output = field(usage, 'completion_tokens_details') ?? field(usage, 'output_tokens_details')
  const cacheRead = count(usage, 'cache_read_input_tokens')
  const cacheWrite = count(usage, 'cache_creation_input_tokens')
  const reported = count(usage, 'prompt_tokens', 'input_tokens', 'inputTokens', 'promptTokens')
  // Anthropic counts what was cached beside the input; the console counts it inside.
  const inputTokens = reported === undefined ? undefined : reported + (cacheRead ?? 0) + (cacheWrite ?? 0)
  const outputTokens = count(usage, 'completion_tokens', 'output_tokens', 'outputTokens', 'completionTokens')
  const sum = inputTokens === undefined || outputTokens === undefined ? undefined : inputTokens + outputTokens
  return withoutAbsent({
    inputTokens,
    outputTokens,
    totalTokens: count(usage, 'total_tokens', 'totalTokens') ?? sum,
    cachedInputTokens:
      cacheRead ??
      count(input, 'cached_tokens') ??
      count(usage, 'prompt_cache_hit_tokens', 'cached_input_tokens', 'cachedInputTokens'),
    cacheWriteTokens:
      cacheWrite ??
      count(input, 'cache_write_tokens', 'cache_creation_input_tokens') ??
      count(usage, 'cache_write_tokens', 'cacheWriteTokens'),
    reasoningTokens: count(output, 'reasoning_tokens') ?? count(usage, 'reasoning_tokens', 'reasoningTokens'),
  })
}

interface ToolCall {
  id: string | undefined
  name: string | undefined
  arguments: string
}

/** One of a model's answers to a request; most requests ask for one. */
class Message {
  content = ''
  reasoning = ''
  readonly toolCalls = new Map<number, ToolCall>()

  get isEmpty(): boolean {
    return this.content === '' && this.reasoning === '' && this.toolCalls.size === 0
  }

  get isText(): boolean {
    return this.reasoning === '' && this.toolCalls.size === 0
  }

  toJSON(): unknown {
    const toolCalls = [...this.toolCalls].sort(([a], [b]) => a - b)
    return {
      role: 'assistant',
      content: this.content || null,
      ...(this.reasoning && { reasoning_content: this.reasoning }),
      ...(toolCalls.length > 0 && {
        tool_calls: toolCalls.map(([, { id, name, arguments: json }]) => ({
          id,
          type: 'function',
          function: { name, arguments: json || '{}' },
        })),
      }),
    }
  }
}

/** What a result says, or the items of a stream together, in whichever of the known shapes they come. */
class Answer {
  model: string | undefined
  provider: string | undefined
  operation: string | undefined
  usage: TokenUsage = {}
  /** Counts of Anthropic's events, of which the largest is the last. */
  readonly #counts: Record<string, number> = {}
  readonly #messages = new Map<number, Message>()
  readonly #others: unknown[] = []
  #room = new Room()

  take(value: unknown, isWhole: boolean): void {
    const type = text(field(value, 'type')) ?? ''
    const shape = text(field(value, 'object')) ?? ''
    if (typeof value === 'string') this.#addContent(0, value)
    else if (type === 'message' && field(value, 'usage')) this.#takeAnthropicMessage(value, true)
    else if (/^(message_(start|delta|stop)|content_block_(start|delta|stop))$/.test(type)) {
      this.#takeAnthropicEvent(type, value)
    } else if (shape === 'response' || type.startsWith('response.')) this.#takeOpenAiResponse(type, value)
    else if (Array.isArray(field(value, 'choices'))) this.#takeOpenAiChat(value)
    else if (field(list(field(value, 'data'))[0], 'embedding') !== undefined)
      this.#takeOpenAiEmbeddings(value)
    else this.#takePlain(value, isWhole)
  }

  /** One answer that is text alone as text, others as messages in OpenAI's shape, other items as they are. */
  response(): unknown {
    const messages = [...this.#messages]
      .sort(([a], [b]) => a - b)
      .flatMap(([, message]) => (message.isEmpty ? [] : message))
    const [only, ...more] = messages
    if (!only) return this.#others.length > 1 ? this.#others : this.#others[0]
    const answers =
      more.length === 0 && only.isText ? [only.content] : messages.map((message) => message.toJSON())
    return typeof answers[0] === 'string' && this.#others.length === 0
      ? answers[0]
      : [...answers, ...this.#others]
  }

  /** Chat completions and completions; a chunk of a stream and a whole answer differ in one name. */
  #takeOpenAiChat(chunk: unknown): void {
    this.#takeHead(chunk, 'chat')
    // In a stream it comes with the last chunk, which has no choices.
    const usage = field(chunk, 'usage')
    if (usage) this.usage = readUsage(usage)
    for (const choice of list(field(chunk, 'choices'))) {
      const index = count(choice, 'index') ?? 0
      const message = field(choice, 'delta') ?? field(choice, 'message') ?? choice
      this.#addContent(index, contentText(field(message, 'content')) || text(field(message, 'refusal')))
      this.#addContent(index, text(field(choice, 'text')))
      this.#addReasoning(
        index,
        text(field(message, 'reasoning_content')) ?? text(field(message, 'reasoning')),
      )
      list(field(message, 'tool_calls')).forEach((call, position) => {
        const { name, arguments: json } = (field(call, 'function') ?? {}) as Record<string, unknown>
        this.#addToolCall(index, count(call, 'index') ?? position, field(call, 'id'), name, json)
      })
    }
  }

  /** Responses; the last event of a stream repeats the whole answer. */
  #takeOpenAiResponse(type: string, event: unknown): void {
    const response = type === '' ? event : field(event, 'response')
    const position = count(event, 'output_index') ?? 0
    const delta = text(field(event, 'delta'))
    if (response !== undefined) {
      this.#takeHead(response, 'chat')
      const usage = field(response, 'usage')
      if (usage) this.usage = readUsage(usage)
      const output = list(field(response, 'output'))
      if (output.length > 0) {
        this.#messages.clear()
        this.#room = new Room()
      }
      output.forEach((item, index) => this.#takeOutputItem(item, index))
    } else if (type === 'response.output_text.delta' || type === 'response.refusal.delta') {
      this.#addContent(0, delta)
    } else if (/^response\.reasoning(_summary)?_text\.delta$/.test(type)) {
      this.#addReasoning(0, delta)
    } else if (
      type === 'response.output_item.added' &&
      field(field(event, 'item'), 'type') === 'function_call'
    ) {
      const item = field(event, 'item')
      this.#addToolCall(0, position, field(item, 'call_id'), field(item, 'name'), undefined)
    } else if (type === 'response.function_call_arguments.delta') {
      this.#addToolCall(0, position, undefined, undefined, delta)
    }
  }

  #takeOutputItem(item: unknown, position: number): void {
    const type = field(item, 'type')
    if (type === 'function_call') {
      this.#addToolCall(0, position, field(item, 'call_id'), field(item, 'name'), field(item, 'arguments'))
    }
    if (type === 'message') {
      for (const part of list(field(item, 'content'))) {
        this.#addContent(0, text(field(part, 'text')) ?? text(field(part, 'refusal')))
      }
    }
    if (type === 'reasoning') {
      for (const part of [...list(field(item, 'summary')), ...list(field(item, 'content'))]) {
        this.#addReasoning(0, text(field(part, 'text')))
      }
    }
  }

  #takeOpenAiEmbeddings(value: unknown): void {
    this.#takeHead(value, 'embeddings')
    this.usage = readUsage(field(value, 'usage'))
    const data = list(field(value, 'data'))
    const dimensions = list(field(data[0], 'embedding')).length || null
    this.#others.push({ embeddings: data.length, dimensions })
  }

  #takeAnthropicMessage(message: unknown, isFinal: boolean): void {
    this.#takeHead(message, 'chat')
    this.provider ??= 'anthropic'
    list(field(message, 'content')).forEach((block, position) => this.#takeBlock(block, position))
    this.#takeCounts(field(message, 'usage'), isFinal)
  }

  #takeAnthropicEvent(type: string, event: unknown): void {
    const position = count(event, 'index') ?? 0
    const delta = field(event, 'delta')
    // What the start says of the output is where the count begins.
    if (type === 'message_start') this.#takeAnthropicMessage(field(event, 'message'), false)
    if (type === 'message_delta') this.#takeCounts(field(event, 'usage'), true)
    if (type === 'content_block_start') this.#takeBlock(field(event, 'content_block'), position)
    if (type === 'content_block_delta') {
      this.#addContent(0, text(field(delta, 'text')))
      this.#addReasoning(0, text(field(delta, 'thinking')))
      const json = text(field(delta, 'partial_json'))
      if (json !== undefined) this.#addToolCall(0, position, undefined, undefined, json)
    }
  }

  #takeBlock(block: unknown, position: number): void {
    if (TOOL_BLOCKS.includes(text(field(block, 'type')) ?? '')) {
      const input = snapshot(field(block, 'input') ?? {})
      const json = JSON.stringify(input)
      // In a stream it is empty, and its pieces follow.
      this.#addToolCall(
        0,
        position,
        field(block, 'id'),
        field(block, 'name'),
        json === '{}' ? undefined : json,
      )
      return
    }
    this.#addContent(0, text(field(block, 'text')))
    this.#addReasoning(0, text(field(block, 'thinking')))
  }

  #takeCounts(usage: unknown, isFinal: boolean): void {
    const names = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens']
    if (isFinal) names.push('output_tokens')
    for (const name of names) {
      const found = count(usage, name)
      if (found !== undefined) this.#counts[name] = Math.max(found, this.#counts[name] ?? 0)
    }
    this.usage = readUsage(this.#counts)
  }

  /** An object of the app's own; one that names a model or usage is a model's answer. */
  #takePlain(value: unknown, isWhole: boolean): void {
    const model = text(field(value, 'model'))
    const nested = readUsage(field(value, 'usage'))
    const usage = Object.keys(nested).length > 0 ? nested : readUsage(value)
    const hasUsage = Object.keys(usage).length > 0
    if (model !== undefined || hasUsage) {
      this.model = model ?? this.model
      this.provider = text(field(value, 'provider')) ?? this.provider
      if (hasUsage) this.usage = usage
      const content = TEXT_NAMES.map((name) => contentText(field(value, name))).find((found) => found !== '')
      this.#addContent(0, content)
      if (content !== undefined || !isWhole) return
    }
    if (value !== undefined && value !== null && this.#room.left > 0)
      this.#others.push(snapshot(value, this.#room))
  }

  #takeHead(value: unknown, operation: string): void {
    this.model = text(field(value, 'model')) ?? this.model
    this.operation = operation
  }

  #message(index: number): Message {
    const message = this.#messages.get(index) ?? new Message()
    this.#messages.set(index, message)
    return message
  }

  #addContent(index: number, content: string | undefined): void {
    if (content && this.#room.left > 0) this.#message(index).content += this.#room.cut(content)
  }

  #addReasoning(index: number, reasoning: string | undefined): void {
    if (reasoning && this.#room.left > 0) this.#message(index).reasoning += this.#room.cut(reasoning)
  }

  /** Its id and name come once, its arguments in pieces. */
  #addToolCall(index: number, position: number, id: unknown, name: unknown, json: unknown): void {
    const { toolCalls } = this.#message(index)
    const call = toolCalls.get(position) ?? { id: undefined, name: undefined, arguments: '' }
    call.id = text(id) ?? call.id
    call.name = text(name) ?? call.name
    if (typeof json === 'string' && this.#room.left > 0) call.arguments += this.#room.cut(json)
    toolCalls.set(position, call)
  }
}

// --------------------------------------------------------------------------------------------------------------------
// Text that is safe to send

/** How much text may still be kept. */
class Room {
  left = MAX_TEXT_LENGTH

  /** The text, or its beginning and a mark. */
  cut(whole: string): string {
    if (whole.length <= this.left) {
      this.left -= whole.length
      return whole
    }
    const mark = `…[truncated, ${whole.length} characters]`
    const kept = whole.slice(0, Math.max(0, this.left - mark.length))
    this.left = 0
    return kept + mark
  }
}

/** A copy of any value that is JSON, of bounded size; what is circular, too deep or no data becomes text. */
function snapshot(value: unknown, room = new Room()): unknown {
  try {
    return plain(value, room, [])
  } catch {
    return '[unreadable]'
  }
}

function plain(value: unknown, room: Room, above: readonly object[]): unknown {
  switch (typeof value) {
    case 'string':
      return room.cut(value)
    case 'number':
      room.left -= 8
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
    case 'undefined':
      return value
    case 'bigint':
    case 'symbol':
      return room.cut(String(value))
    case 'function':
      return '[function]'
    case 'object':
      break
  }
  if (value === null) return null
  if (above.includes(value)) return '[circular]'
  if (above.length >= MAX_DEPTH) return '[too deep]'
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (value instanceof Error) return room.cut(String(value))
  const path = [...above, value]
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const json: unknown = Reflect.apply(value.toJSON, value, [])
    return plain(json, room, path)
  }
  if (value instanceof Map) return plainEntries(value, room, path)
  if (Array.isArray(value) || value instanceof Set) return plainItems(value, room, path)
  return plainEntries(ownEntries(value), room, path)
}

function* ownEntries(value: object): Generator<[string, unknown]> {
  for (const key of Object.keys(value)) yield [key, Reflect.get(value, key)]
}

function plainItems(values: Iterable<unknown>, room: Room, path: readonly object[]): unknown[] {
  const items: unknown[] = []
  for (const value of values) {
    if (room.left <= 0) {
      items.push('[truncated]')
      break
    }
    items.push(plain(value, room, path) ?? null)
    room.left -= 2
  }
  return items
}

function plainEntries(entries: Iterable<[unknown, unknown]>, room: Room, path: readonly object[]): unknown {
  const copied: [string, unknown][] = []
  for (const [key, value] of entries) {
    if (room.left <= 0) {
      copied.push(['…', '[truncated]'])
      break
    }
    const name = room.cut(String(key))
    copied.push([
      name,
      SECRET_NAME.test(name) && typeof value === 'string' ? '[redacted]' : plain(value, room, path),
    ])
    room.left -= 4
  }
  return Object.fromEntries(copied)
}

function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error))
    return { status: 'error', errorType: typeof error, errorMessage: String(error) }
  // Classes of vendors' errors seldom set a name.
  const errorType = error.name === 'Error' ? error.constructor.name : error.name
  return { status: 'error', errorType, errorMessage: error.message }
}

/** A UUID of version 7 (RFC 9562): ids of later calls sort later. */
function newRequestId(): string {
  const bytes = new Uint8Array(10)
  // Node 18 has no global crypto; chance is good enough for an id.
  if (globalThis.crypto) globalThis.crypto.getRandomValues(bytes)
  else bytes.forEach((_, index) => (bytes[index] = Math.floor(Math.random() * 256)))
  const random = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const time = Date.now().toString(16).padStart(12, '0')
  const variant = '89ab'[Number.parseInt(random.slice(3, 4), 16) & 3]
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`
}

const NAMES = new Set([
  'id',
  'requestId',
  'app',
  'appType',
  'environment',
  'userId',
  'sessionId',
  'operation',
  'provider',
  'model',
  'requestModel',
  'errorType',
])

/** Queues a record. */
function submit(call: Record<string, unknown>): void {
  const { isDisabled, app } = settings()
  if (!isDisabled) sender.put(CALLS_PATH, JSON.stringify(tidy({ app, ...withoutAbsent(call) })))
}

/** What is given, within the limits of the console. */
function tidy(fields: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(withoutAbsent(fields)).map(([name, value]): [string, unknown] => {
    if (NAMES.has(name)) {
      const text = typeof value === 'string' ? value : JSON.stringify(snapshot(value))
      return [name, text.slice(0, MAX_NAME_LENGTH)]
    }
    if (name === 'tags') {
      return [
        name,
        list(value)
          .slice(0, MAX_TAGS)
          .map((tag) => String(tag).slice(0, MAX_NAME_LENGTH)),
      ]
    }
    if (name === 'attributes' && typeof value === 'object' && value !== null) {
      return [name, snapshot(Object.fromEntries(Object.entries(value).slice(0, MAX_ATTRIBUTES)))]
    }
    return [name, snapshot(value)]
  })
  return Object.fromEntries(entries)
}

function cutComment(comment: string | undefined): string | undefined {
  if (typeof comment !== 'string' || comment.length <= MAX_COMMENT_LENGTH) return comment
  // Not through a surrogate pair.
  return comment.slice(0, MAX_COMMENT_LENGTH - 1).replace(/[\ud800-\udbff]$/, '') + '…'
}

// --------------------------------------------------------------------------------------------------------------------
// Sending

const CALLS_PATH = '/v1/app-logs'
const FEEDBACK_PATH = '/v1/feedback'

interface Item {
  path: string
  body: string
  sizeBytes: number
}

interface Outcome {
  /** HTTP status, or one of the two below. */
  status: number
  body?: unknown
  retryAfterMs?: number
}

/** The console was not reached, so nothing of the request was. */
const UNREACHED = -1
const NO_ANSWER = 0
const UNREACHED_CODES = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ConnectionRefused',
]

/** A bounded queue and what empties it. Items settle in the order they were queued in. */
class Sender {
  readonly #queue: Item[] = []
  readonly #encoder = new TextEncoder()
  readonly #warned = new Set<number>()
  #queuedBytes = 0
  #put = 0
  #settled = 0
  #sent = 0
  #dropped = 0
  #failed = 0
  /** What was put up to here is sent without waiting for a fuller batch. */
  #flushTarget = 0
  #waiting: { target: number; done: () => void }[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #isSending = false
  #isExiting = false
  /** Ends the pause before a retry. */
  #wake: (() => void) | undefined

  put(path: string, body: string): void {
    const sizeBytes = this.#encoder.encode(body).length
    const isFull = this.#put - this.#settled >= MAX_QUEUED_RECORDS
    if (isFull || this.#queuedBytes + sizeBytes > MAX_QUEUED_BYTES) {
      this.#dropped += 1
      return
    }
    this.#queue.push({ path, body, sizeBytes })
    this.#queuedBytes += sizeBytes
    this.#put += 1
    this.#schedule()
  }

  stats(): Stats {
    const queued = this.#put - this.#settled
    return { sent: this.#sent, dropped: this.#dropped, failed: this.#failed, queued }
  }

  flush(timeoutMs: number): Promise<boolean> {
    const target = this.#put
    if (this.#settled >= target) return Promise.resolve(true)
    this.#flushTarget = target
    this.#wake?.()
    this.#schedule()
    return new Promise((resolve) => {
      // This one holds the process: somebody waits for it.
      const timer = setTimeout(() => resolve(false), timeoutMs)
      const done = () => {
        clearTimeout(timer)
        resolve(true)
      }
      this.#waiting.push({ target, done })
    })
  }

  /** What the console does not take now is given up: one that is not there must not hold up every script. */
  async flushAtExit(): Promise<void> {
    this.#isExiting = true
    await this.flush(EXIT_FLUSH_MS)
    this.#isExiting = false
  }

  #schedule(): void {
    if (this.#isSending || this.#queue.length === 0) return
    if (this.#isBatchDue()) void this.#sendAll()
    else this.#timer ??= unref(setTimeout(() => void this.#sendAll(), BATCH_DELAY_MS))
  }

  #isBatchDue(): boolean {
    const isFull = this.#queue.length >= MAX_BATCH_RECORDS || this.#queuedBytes >= MAX_BATCH_BYTES
    // Nothing can share the request of feedback.
    return isFull || this.#settled < this.#flushTarget || this.#queue[0]?.path === FEEDBACK_PATH
  }

  async #sendAll(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#isSending = true
    do {
      const batch = this.#nextBatch()
      // An address or a token that cannot be used; the text of the error might repeat it.
      const sent = await this.#deliver(batch).catch(() =>
        this.#warnOnce(UNREACHED, 'Records cannot be sent.'),
      )
      this.#sent += sent
      this.#failed += batch.length - sent
      this.#settle(batch)
    } while (this.#queue.length > 0 && this.#isBatchDue())
    this.#isSending = false
    this.#schedule()
  }

  #nextBatch(): Item[] {
    let sizeBytes = 0
    const isAlone = this.#queue[0]?.path === FEEDBACK_PATH
    const isRoomy = (item: Item, index: number) => {
      sizeBytes += item.sizeBytes
      if (index === 0) return true
      const isCall = !isAlone && item.path === CALLS_PATH
      return isCall && index < MAX_BATCH_RECORDS && sizeBytes <= MAX_BATCH_BYTES
    }
    const end = this.#queue.findIndex((item, index) => !isRoomy(item, index))
    return this.#queue.splice(0, end < 0 ? this.#queue.length : end)
  }

  #settle(items: readonly Item[]): void {
    this.#settled += items.length
    for (const { sizeBytes } of items) this.#queuedBytes -= sizeBytes
    this.#waiting = this.#waiting.filter(({ target, done }) => {
      if (target <= this.#settled) done()
      return target > this.#settled
    })
  }

  /**
   * Sends until the console has answered for good, the same text and so the same ids each time.
   *
   * @returns how many items it has stored.
   */
  async #deliver(batch: readonly Item[]): Promise<number> {
    const path = batch[0]?.path ?? CALLS_PATH
    const bodies = batch.map((item) => item.body).join(',')
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await post(path, path === FEEDBACK_PATH ? bodies : `[${bodies}]`)
      if (!isRetryable(outcome.status)) return this.#countStored(outcome, batch.length)
      if (attempt === MAX_ATTEMPTS || this.#isLost(outcome)) break
      await this.#pause(outcome, attempt)
      // A console that does not answer held the process up once already.
      if (outcome.status === NO_ANSWER && this.#isLost(outcome)) break
    }
    return 0
  }

  /** Whether to give up everything, because the process ends and nobody is there to take it. */
  #isLost({ status }: Outcome): boolean {
    if (!this.#isExiting || status > 0) return false
    this.#failed += this.#queue.length
    this.#settle(this.#queue.splice(0))
    return true
  }

  #pause({ retryAfterMs = 0 }: Outcome, attempt: number): Promise<void> {
    const backoffMs = Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
      const timer = unref(setTimeout(end, retryAfterMs || backoffMs))
      // A flush shortens our own pause, not one that was asked for.
      if (retryAfterMs === 0) this.#wake = end
    })
  }

  #countStored({ status, body }: Outcome, sent: number): number {
    const isAnswered = status >= 200 && status < 300
    const stored = isAnswered ? (count(body, 'accepted') ?? sent) + (count(body, 'duplicates') ?? 0) : 0
    if (stored < sent) {
      const [problem] = list(field(body, 'errors') ?? field(field(body, 'error'), 'details'))
      // The console's words about a field: nothing of a record is in them.
      const reason = problem ? ` ${String(field(problem, 'path'))} ${String(field(problem, 'reason'))}.` : ''
      const hint = isAnswered || status === 400 ? reason : ' Check LLMOPS_URL and LLMOPS_TOKEN.'
      this.#warnOnce(status, `LLMOps Console answered ${status}: records are not stored.${hint}`)
    }
    return Math.min(sent, stored)
  }

  #warnOnce(status: number, message: string): 0 {
    // eslint-disable-next-line no-console -- the one word to the developer, without anything of a record
    if (!this.#warned.has(status)) console.warn(`[app-log] ${message}`)
    this.#warned.add(status)
    return 0
  }
}

/** One request. Redirects are not followed: the console is on this machine, and the token is for it alone. */
async function post(path: string, body: string): Promise<Outcome> {
  const { url, token } = settings()
  const base = new URL(url)
  const target = new URL(base.pathname.replace(/\/+$/, '') + path, base)
  if (!/^https?:$/.test(target.protocol)) throw new TypeError('LLMOPS_URL must be an http address')
  const headers = new Headers({ 'content-type': 'application/json' })
  if (token) headers.set('authorization', `Bearer ${token}`)
  const abort = new AbortController()
  const timer = unref(setTimeout(() => abort.abort(), REQUEST_TIMEOUT_MS))
  try {
    const response = await fetch(target, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: abort.signal,
    })
    const retryAfterMs = readRetryAfter(response.headers.get('retry-after'))
    const answer: unknown = await response.json().catch(() => undefined)
    return { status: response.status || 300, body: answer, retryAfterMs }
  } catch (error) {
    const code = text(field(field(error, 'cause'), 'code')) ?? text(field(error, 'code')) ?? ''
    return { status: UNREACHED_CODES.includes(code) ? UNREACHED : NO_ANSWER }
  } finally {
    clearTimeout(timer)
  }
}

/** Calls are stored once however often they are sent. */
function isRetryable(status: number): boolean {
  return status <= 0 || status === 408 || status === 429 || status >= 500
}

/** Seconds, or a date; 0 if there is none that can be read. */
function readRetryAfter(header: string | null): number {
  if (!header) return 0
  const seconds = Number(header)
  const pauseMs = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000
  return pauseMs > 0 ? Math.min(pauseMs, RETRY_AFTER_MAX_MS) : 0
}

/** A timer that does not keep the process alive, where timers do. */
function unref(timer: ReturnType<typeof setTimeout>): ReturnType<typeof setTimeout> {
  const release: unknown = field(timer, 'unref')
  if (typeof release === 'function') release.call(timer)
  return timer
}

const sender = new Sender()
runtime?.on?.('beforeExit', () => void sender.flushAtExit())

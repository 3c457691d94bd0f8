import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { NewCall } from './call.ts'
import type { CallFollower } from './call-follower.ts'
import type { CallRollup } from './call-rollup.ts'
import type { BatchResult } from './commit-together.ts'
import { commitTogether } from './commit-together.ts'
import type { TracePlace } from './trace-links.ts'
import { NOWHERE, TraceLinks } from './trace-links.ts'
import type { NewAppLogBodyRow, NewAppLogRow, Schema } from './schema.ts'
import type { CostConfigRefs } from './cost-config-refs.ts'
import type { RequestIds } from './request-ids.ts'
import type { GoneCalls } from './retention/gone-calls.ts'
import type { FeedbackWriter } from './write-feedback.ts'

/** What became of a batch of calls. */
export interface InsertOutcome {
  /** Positions in the batch of the calls whose request id was stored before. */
  duplicateIndexes: number[]
  /** How many of them were stored with another content, which was kept. */
  conflicts: number
}

/**
 * What a call sent again has to agree in. Not its times of start and arrival: a caller that does not say when a call
 * started sends the retry later.
 */
const CONTENT_COLUMNS = [
  'app',
  'model',
  'request_model',
  'user_id',
  'session_id',
  'operation',
  'status',
  'error_type',
  'duration_us',
  'ttft_us',
] as const satisfies readonly (keyof NewAppLogRow)[]
/** The same, but for what the console counted itself: a retry may find it too busy to. */
const TOKEN_COLUMNS = ['input_tokens', 'output_tokens', 'total_tokens'] as const
const COMPARED_COLUMNS = [...CONTENT_COLUMNS, ...TOKEN_COLUMNS, 'usage_source'] as const

type ComparedRow = Pick<NewAppLogRow, (typeof COMPARED_COLUMNS)[number]>

/** Inserts batches of calls with one COMMIT for all of them. Used by the writer thread only. */
export class CallInserter {
  readonly #insertCall: SqliteDatabase.Statement
  readonly #insertBody: SqliteDatabase.Statement
  readonly #storedContent: SqliteDatabase.Statement<[number], ComparedRow>
  readonly #rollup: CallRollup
  readonly #follower: CallFollower
  readonly #refs: CostConfigRefs
  readonly #feedback: FeedbackWriter
  readonly #requestIds: RequestIds
  readonly #traceLinks: TraceLinks
  readonly #gone: GoneCalls
  readonly #transaction: SqliteDatabase.Transaction<
    (batches: readonly (readonly NewCall[])[]) => InsertOutcome[]
  >

  constructor(
    sqlite: SqliteDatabase.Database,
    kysely: Kysely<Schema>,
    {
      rollup,
      follower,
      refs,
      feedback,
      requestIds,
      gone,
    }: {
      rollup: CallRollup
      follower: CallFollower
      refs: CostConfigRefs
      feedback: FeedbackWriter
      requestIds: RequestIds
      gone: GoneCalls
    },
  ) {
    // Kysely writes the statement once; running it by hand a thousand times a second spares compiling it each time.
    const insertCall = kysely
      .insertInto('app_log')
      .values(callRow(EXAMPLE, { ...NOWHERE, costConfigKey: null }))
      .compile()
    this.#insertCall = sqlite.prepare(insertCall.sql)
    this.#insertBody = sqlite.prepare(
      kysely.insertInto('app_log_body').values(bodyRow(0, EXAMPLE)).compile().sql,
    )
    // By the primary key.
    this.#storedContent = sqlite.prepare(
      kysely.selectFrom('app_log').select(COMPARED_COLUMNS).where('id', '=', 0).compile().sql,
    )
    this.#rollup = rollup
    this.#follower = follower
    this.#refs = refs
    this.#feedback = feedback
    this.#requestIds = requestIds
    this.#gone = gone
    this.#traceLinks = new TraceLinks(sqlite, kysely, { rollup, follower, requestIds })
    this.#transaction = sqlite.transaction((batches) => {
      const outcomes = batches.map((batch) => this.#insertBatch(batch))
      this.#rollup.flush()
      this.#follower.flush()
      return outcomes
    })
  }

  /** Stores all batches in one transaction, or, if that fails, each by itself. @returns a result per batch. */
  insert(batches: readonly (readonly NewCall[])[]): BatchResult<InsertOutcome>[] {
    return commitTogether(batches, (some) => this.#attempt(some))
  }

  /**
   * Stores the row of a call as it was, with its body, inside the open transaction; what follows from it is the caller's.
   *
   * @returns `app_log.id`; null: the call is stored already.
   */
  insertStored(call: NewCall, usage: number): number | null {
    const costConfigKey = call.costConfigId === null ? null : this.#refs.keyOf(call.costConfigId)
    if (this.#requestIds.find(call.requestId) !== undefined) return null
    const place = { isStep: call.isStep, usage, hasEstimatesBelow: false, costConfigKey }
    const id = Number(this.#insertCall.run(...Object.values(callRow(call, place))).lastInsertRowid)
    this.#requestIds.add(call, id)
    if (hasBody(call)) this.#insertBody.run(...Object.values(bodyRow(id, call)))
    return id
  }

  insertBodyOf(id: number, call: NewCall): void {
    this.#insertBody.run(...Object.values(bodyRow(id, call)))
  }

  /** @returns `app_log.id` of a stored call. */
  idOf(requestId: string): number | null {
    return this.#requestIds.find(requestId) ?? null
  }

  #attempt(batches: readonly (readonly NewCall[])[]): BatchResult<InsertOutcome>[] {
    try {
      const outcomes = this.#transaction.immediate(batches)
      this.#feedback.committed()
      return outcomes.map((outcome) => ({ ok: true, outcome }))
    } catch (error) {
      this.#rollup.discard()
      // Label sets and the like that it had made are gone with it.
      this.#follower.discard()
      this.#refs.forget()
      this.#feedback.discard()
      this.#requestIds.discard()
      this.#gone.discard()
      return batches.map(() => ({ ok: false, error }))
    }
  }

  /** Whether the call that is stored says something else. */
  #isOther(storedId: number, row: NewAppLogRow): boolean {
    const stored = this.#storedContent.get(storedId)
    return (
      stored === undefined ||
      CONTENT_COLUMNS.some((column) => stored[column] !== row[column]) ||
      TOKEN_COLUMNS.some((column) => reportedTokens(stored, column) !== reportedTokens(row, column))
    )
  }

  #insertBatch(calls: readonly NewCall[]): InsertOutcome {
    const duplicateIndexes: number[] = []
    let conflicts = 0
    calls.forEach((call, index) => {
      // Its row was deleted because of its age; statistics hold it still.
      if (this.#gone.has(call)) {
        duplicateIndexes.push(index)
        return
      }
      const place = this.#traceLinks.placeOf(call)
      const costConfigKey = call.costConfigId === null ? null : this.#refs.keyOf(call.costConfigId)
      const row = callRow(call, { ...place, costConfigKey })
      const storedId = this.#requestIds.find(call.requestId)
      if (storedId !== undefined) {
        duplicateIndexes.push(index)
        if (this.#isOther(storedId, row)) conflicts += 1
        return
      }
      const id = Number(this.#insertCall.run(...Object.values(row)).lastInsertRowid)
      this.#requestIds.add(call, id)
      if (hasBody(call)) this.#insertBody.run(...Object.values(bodyRow(id, call)))
      if (!place.isStep) this.#rollup.add(call)
      this.#traceLinks.link(call, place)
      this.#feedback.link(call, id)
      this.#gone.arrived(call)
    })
    return { duplicateIndexes, conflicts }
  }
}

function reportedTokens(row: ComparedRow, column: (typeof TOKEN_COLUMNS)[number]) {
  return row.usage_source === 'estimated' ? null : row[column]
}

function callRow(call: NewCall, place: TracePlace & { costConfigKey: number | null }): NewAppLogRow {
  return {
    request_id: call.requestId,
    source: call.source,
    app: call.app,
    app_type: call.appType,
    environment: call.environment,
    user_id: call.userId,
    session_id: call.sessionId,
    provider: call.provider,
    request_model: call.requestModel,
    model: call.model,
    operation: call.operation,
    name: call.name,
    status: call.status,
    error_type: call.errorType,
    started_at: call.startedAt,
    arrived_at: call.arrivedAt,
    duration_us: call.durationUs,
    ttft_us: call.ttftUs,
    input_tokens: call.inputTokens,
    output_tokens: call.outputTokens,
    cached_input_tokens: call.cachedInputTokens,
    cache_write_tokens: call.cacheWriteTokens,
    reasoning_tokens: call.reasoningTokens,
    total_tokens: call.totalTokens,
    usage_source: call.usageSource,
    cost_nanos: call.costNanos,
    cost_source: call.costSource,
    trace_id: call.traceId,
    span_id: call.spanId,
    parent_span_id: call.parentSpanId,
    reported_started_at: call.reportedStartedAt,
    flags: call.flags.length === 0 ? null : JSON.stringify(call.flags),
    is_step: place.isStep ? 1 : 0,
    has_usage_below: place.usage,
    cost_config_key: place.costConfigKey,
  }
}

function bodyRow(callId: number, call: NewCall): NewAppLogBodyRow {
  return {
    app_log_id: callId,
    error_message: call.errorMessage,
    prompt: call.prompt?.text ?? null,
    prompt_format: call.prompt?.format ?? null,
    prompt_length: call.prompt?.originalLength ?? null,
    response: call.response?.text ?? null,
    response_format: call.response?.format ?? null,
    response_length: call.response?.originalLength ?? null,
    tags: call.tags.length === 0 ? null : JSON.stringify(call.tags),
    attributes: call.attributes,
    reported_cost_amount: call.reportedCost?.amount ?? null,
    reported_cost_currency: call.reportedCost?.currency ?? null,
  }
}

function hasBody(call: NewCall): boolean {
  return (
    call.errorMessage !== null ||
    call.prompt !== null ||
    call.response !== null ||
    call.tags.length > 0 ||
    call.attributes !== null ||
    call.reportedCost !== null
  )
}

/** Only its shape matters: it gives the compiled statements their columns, in the order of the rows above. */
const EXAMPLE: NewCall = {
  requestId: '',
  source: 'native',
  isStep: false,
  app: '',
  appType: null,
  environment: null,
  userId: null,
  sessionId: null,
  provider: null,
  requestModel: null,
  model: null,
  operation: null,
  name: null,
  status: 'ok',
  errorType: null,
  errorMessage: null,
  startedAt: 0,
  reportedStartedAt: null,
  arrivedAt: 0,
  durationUs: null,
  ttftUs: null,
  inputTokens: null,
  outputTokens: null,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  totalTokens: null,
  usageSource: null,
  costNanos: null,
  costSource: null,
  costConfigId: null,
  reportedCost: null,
  traceId: null,
  spanId: null,
  parentSpanId: null,
  tags: [],
  flags: [],
  attributes: null,
  prompt: null,
  response: null,
}

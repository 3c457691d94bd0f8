import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { NewCall } from './call.ts'
import { CallRollup } from './call-rollup.ts'
import type { NewAppLogBodyRow, NewAppLogRow, Schema } from './schema.ts'

/** What became of a batch of calls. */
export interface InsertOutcome {
  /** Positions in the batch of the calls whose request id was stored before. */
  duplicateIndexes: number[]
}

export type InsertResult = { ok: true; outcome: InsertOutcome } | { ok: false; error: unknown }

/** Inserts batches of calls with one COMMIT for all of them. Used by the writer thread only. */
export class CallInserter {
  readonly #insertCall: SqliteDatabase.Statement
  readonly #insertBody: SqliteDatabase.Statement
  readonly #rollup: CallRollup
  readonly #transaction: SqliteDatabase.Transaction<
    (batches: readonly (readonly NewCall[])[]) => InsertOutcome[]
  >

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    // Kysely writes the statement once; running it by hand a thousand times a second spares compiling it each time.
    const insertCall = kysely
      .insertInto('app_log')
      .values(callRow(EXAMPLE))
      .onConflict((conflict) => conflict.column('request_id').doNothing())
      .compile()
    this.#insertCall = sqlite.prepare(insertCall.sql)
    this.#insertBody = sqlite.prepare(
      kysely.insertInto('app_log_body').values(bodyRow(0, EXAMPLE)).compile().sql,
    )
    this.#rollup = new CallRollup(sqlite, kysely)
    this.#transaction = sqlite.transaction((batches) => {
      const outcomes = batches.map((batch) => this.#insertBatch(batch))
      this.#rollup.flush()
      return outcomes
    })
  }

  /**
   * Stores all batches in one transaction. If that fails each batch gets a transaction of its own, so that one
   * that cannot be stored does not take the others with it.
   *
   * @returns a result per batch; when it says ok the batch is committed.
   */
  insert(batches: readonly (readonly NewCall[])[]): InsertResult[] {
    const results = this.#attempt(batches)
    return batches.length > 1 && results.some((result) => !result.ok)
      ? batches.flatMap((batch) => this.#attempt([batch]))
      : results
  }

  #attempt(batches: readonly (readonly NewCall[])[]): InsertResult[] {
    try {
      return this.#transaction.immediate(batches).map((outcome) => ({ ok: true, outcome }))
    } catch (error) {
      this.#rollup.discard()
      return batches.map(() => ({ ok: false, error }))
    }
  }

  #insertBatch(calls: readonly NewCall[]): InsertOutcome {
    const duplicateIndexes: number[] = []
    calls.forEach((call, index) => {
      const { changes, lastInsertRowid } = this.#insertCall.run(...Object.values(callRow(call)))
      if (changes === 0) {
        duplicateIndexes.push(index)
        return
      }
      if (hasBody(call)) this.#insertBody.run(...Object.values(bodyRow(Number(lastInsertRowid), call)))
      this.#rollup.add(call)
    })
    return { duplicateIndexes }
  }
}

function callRow(call: NewCall): NewAppLogRow {
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
  }
}

function bodyRow(callId: number, call: NewCall): NewAppLogBodyRow {
  return {
    app_log_id: callId,
    error_message: call.errorMessage,
    prompt: call.prompt?.text ?? null,
    prompt_format: call.prompt?.format ?? null,
    response: call.response?.text ?? null,
    response_format: call.response?.format ?? null,
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
  app: '',
  appType: null,
  environment: null,
  userId: null,
  sessionId: null,
  provider: null,
  requestModel: null,
  model: null,
  operation: null,
  status: 'ok',
  errorType: null,
  errorMessage: null,
  startedAt: 0,
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
  reportedCost: null,
  traceId: null,
  spanId: null,
  parentSpanId: null,
  tags: [],
  attributes: null,
  prompt: null,
  response: null,
}

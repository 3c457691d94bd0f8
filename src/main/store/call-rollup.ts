import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { NewCall } from './call.ts'
import { DurationHistogram } from './duration-histogram.ts'
import type { CallRollupRow, Schema } from './schema.ts'

export const HOUR_MS = 3_600_000

/** The sums of a rollup, in the order of the columns. */
export const SUMS = [
  'requests',
  'errors',
  'unpriced_requests',
  'finished_requests',
  'duration_us',
  'ttft_requests',
  'ttft_us',
  'generation_us',
  'generated_tokens',
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'total_tokens',
  'cost_nanos',
] as const satisfies readonly (keyof CallRollupRow)[]

export type Sums = Record<(typeof SUMS)[number], number>

interface Delta {
  hourStart: number
  labelSetId: number
  sums: Sums
  histogram: DurationHistogram
  hasSubtracted: boolean
}

/** What the rollup needs of a call, whether it is new or read back from its row. */
export type Countable = Summable &
  Pick<NewCall, 'startedAt' | 'app' | 'appType' | 'provider' | 'model' | 'requestModel' | 'environment'>

/**
 * Keeps the hourly rollups: collects what a transaction adds and writes it before that transaction commits, so that
 * rollups and calls never disagree. Used by the writer thread only.
 */
export class CallRollup {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #labelSetIds = new Map<string, number>()
  readonly #deltas = new Map<string, Delta>()

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    this.#statements = prepareStatements(sqlite, kysely)
  }

  /** Counts a call that the open transaction has inserted. */
  add(call: Countable): void {
    const { sums, histogram } = this.#deltaOf(call)
    addToSums(sums, call)
    if (call.durationUs !== null) histogram.add(call.durationUs)
  }

  /** Takes back a call that was counted, in this transaction or in an earlier one. */
  subtract(call: Countable): void {
    const delta = this.#deltaOf(call)
    const counted = emptySums()
    addToSums(counted, call)
    for (const sum of SUMS) delta.sums[sum] -= counted[sum]
    if (call.durationUs !== null) delta.histogram.remove(call.durationUs)
    delta.hasSubtracted = true
  }

  /** Writes what was counted since the last call; to be called inside the transaction. */
  flush(): void {
    for (const { hourStart, labelSetId, sums, histogram, hasSubtracted } of this.#deltas.values()) {
      const kept = this.#statements.histogram.get(hourStart, labelSetId)
      if (kept) histogram.merge(kept.duration_histogram)
      this.#statements.upsert.run(hourStart, labelSetId, ...SUMS.map((sum) => sums[sum]), histogram.encode())
      if (hasSubtracted) this.#statements.deleteEmpty.run(hourStart, labelSetId)
    }
    this.#deltas.clear()
  }

  /** Forgets what the transaction that was just rolled back had counted. */
  discard(): void {
    this.#deltas.clear()
    // Label sets that it had created are gone with it.
    this.#labelSetIds.clear()
  }

  #deltaOf(call: Countable): Delta {
    const hourStart = Math.floor(call.startedAt / HOUR_MS) * HOUR_MS
    const labelSetId = this.#labelSetId(call)
    const key = `${hourStart}/${labelSetId}`
    const known = this.#deltas.get(key)
    if (known) return known
    const delta = {
      hourStart,
      labelSetId,
      sums: emptySums(),
      histogram: new DurationHistogram(),
      hasSubtracted: false,
    }
    this.#deltas.set(key, delta)
    return delta
  }

  #labelSetId(call: Countable): number {
    const labels = [
      call.app,
      call.appType ?? '',
      call.provider ?? '',
      call.model ?? call.requestModel ?? '',
      call.environment ?? '',
    ]
    const key = JSON.stringify(labels)
    const known = this.#labelSetIds.get(key)
    if (known !== undefined) return known
    this.#statements.insertLabelSet.run(...labels)
    const { id } = this.#statements.labelSet.get(...labels) ?? {}
    if (id === undefined) throw new Error('a label set that was just inserted is missing')
    this.#labelSetIds.set(key, id)
    return id
  }
}

export function emptySums(): Sums {
  return {
    requests: 0,
    errors: 0,
    unpriced_requests: 0,
    finished_requests: 0,
    duration_us: 0,
    ttft_requests: 0,
    ttft_us: 0,
    generation_us: 0,
    generated_tokens: 0,
    input_tokens: 0,
    output_tokens: 0,
    cached_input_tokens: 0,
    cache_write_tokens: 0,
    reasoning_tokens: 0,
    total_tokens: 0,
    cost_nanos: 0,
  }
}

/** Adds sums to sums. */
export function addSums(sums: Sums, more: Sums): void {
  for (const sum of SUMS) sums[sum] += more[sum]
}

/** What `addToSums` needs of a call, whether it is new or read back from its row. */
export type Summable = Pick<
  NewCall,
  | 'status'
  | 'durationUs'
  | 'ttftUs'
  | 'inputTokens'
  | 'outputTokens'
  | 'cachedInputTokens'
  | 'cacheWriteTokens'
  | 'reasoningTokens'
  | 'totalTokens'
  | 'costNanos'
>

/** Adds one call to the sums that statistics are made of. */
export function addToSums(sums: Sums, call: Summable): void {
  sums.requests += 1
  if (call.status === 'error') sums.errors += 1
  if (call.durationUs !== null) {
    sums.finished_requests += 1
    sums.duration_us += call.durationUs
  }
  if (call.ttftUs !== null) {
    sums.ttft_requests += 1
    sums.ttft_us += call.ttftUs
  }
  // Tokens per second = output tokens / (duration - time to first token), over the calls that tell all three.
  if (
    call.durationUs !== null &&
    call.ttftUs !== null &&
    call.outputTokens !== null &&
    call.durationUs > call.ttftUs
  ) {
    sums.generation_us += call.durationUs - call.ttftUs
    sums.generated_tokens += call.outputTokens
  }
  sums.input_tokens += call.inputTokens ?? 0
  sums.output_tokens += call.outputTokens ?? 0
  sums.cached_input_tokens += call.cachedInputTokens ?? 0
  sums.cache_write_tokens += call.cacheWriteTokens ?? 0
  sums.reasoning_tokens += call.reasoningTokens ?? 0
  sums.total_tokens += call.totalTokens ?? 0
  if (call.costNanos === null) sums.unpriced_requests += 1
  else sums.cost_nanos += call.costNanos
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const labels = { app: '', app_type: '', provider: '', model: '', environment: '' }
  const insertLabelSet = kysely
    .insertInto('label_set')
    .values(labels)
    .onConflict((conflict) => conflict.doNothing())
    .compile()
  // By label_set_unique.
  const labelSet = kysely
    .selectFrom('label_set')
    .select('id')
    .where('app', '=', '')
    .where('app_type', '=', '')
    .where('provider', '=', '')
    .where('model', '=', '')
    .where('environment', '=', '')
    .compile()
  // By the primary key.
  const histogram = kysely
    .selectFrom('call_rollup_hour')
    .select('duration_histogram')
    .where('hour_start', '=', 0)
    .where('label_set_id', '=', 0)
    .compile()
  const upsert = kysely
    .insertInto('call_rollup_hour')
    .values({ hour_start: 0, label_set_id: 0, ...emptySums(), duration_histogram: new Uint8Array() })
    .onConflict((conflict) =>
      conflict.columns(['hour_start', 'label_set_id']).doUpdateSet({
        ...Object.fromEntries(
          SUMS.map((sum) => [
            sum,
            sql`${sql.ref(`call_rollup_hour.${sum}`)} + ${sql.ref(`excluded.${sum}`)}`,
          ]),
        ),
        duration_histogram: sql`excluded.duration_histogram`,
      }),
    )
    .compile()
  const deleteEmpty = kysely
    .deleteFrom('call_rollup_hour')
    .where('hour_start', '=', 0)
    .where('label_set_id', '=', 0)
    .where('requests', '=', (eb) => eb.lit(0))
    .compile()
  return {
    deleteEmpty: sqlite.prepare(deleteEmpty.sql),
    insertLabelSet: sqlite.prepare(insertLabelSet.sql),
    labelSet: sqlite.prepare<string[], { id: number }>(labelSet.sql),
    histogram: sqlite.prepare<[number, number], { duration_histogram: Uint8Array }>(histogram.sql),
    upsert: sqlite.prepare(upsert.sql),
  }
}

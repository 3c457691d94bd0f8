import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { NewCall } from './call.ts'
import type { CallFollower } from './call-follower.ts'
import type { CallRollup } from './call-rollup.ts'
import type { Schema } from './schema.ts'
import type { StoredCall } from './stored-call.ts'
import { STORED_CALL_COLUMNS } from './stored-call.ts'

/**
 * Counts the tokens of nested calls once. SDKs wrap calls in calls, and the outer ones repeat the usage of the inner
 * ones: of the calls on one path of a trace only the innermost that carries usage is counted, those above it become
 * steps. Spans may arrive in any order and in any number of requests. Used by the writer thread, inside a transaction.
 */
export class TraceLinks {
  readonly #hasUsageBelow: SqliteDatabase.Statement<[string, string], { found: number }>
  readonly #ancestor: SqliteDatabase.Statement<[string], AncestorRow>
  readonly #markUsageBelow: SqliteDatabase.Statement<[number]>
  readonly #makeStep: SqliteDatabase.Statement<[number]>
  readonly #rollup: CallRollup
  readonly #follower: CallFollower

  constructor(
    sqlite: SqliteDatabase.Database,
    kysely: Kysely<Schema>,
    { rollup, follower }: { rollup: CallRollup; follower: CallFollower },
  ) {
    this.#rollup = rollup
    this.#follower = follower
    // By app_log_trace.
    const hasUsageBelow = kysely
      .selectFrom('app_log')
      .select((eb) => eb.lit(1).as('found'))
      .where('trace_id', '=', '')
      .where('parent_span_id', '=', '')
      .where('has_usage_below', '=', (eb) => eb.lit(1))
      .limit((eb) => eb.lit(1))
      .compile()
    // By the unique index on request_id.
    const ancestor = kysely
      .selectFrom('app_log')
      .select(ANCESTOR_COLUMNS)
      .where('request_id', '=', '')
      .compile()
    const update = (column: 'has_usage_below' | 'is_step') =>
      kysely
        .updateTable('app_log')
        .set({ [column]: (eb: { lit(value: 1): unknown }) => eb.lit(1) })
        .where('id', '=', 0)
        .compile().sql
    this.#hasUsageBelow = sqlite.prepare(hasUsageBelow.sql)
    this.#ancestor = sqlite.prepare(ancestor.sql)
    this.#markUsageBelow = sqlite.prepare(update('has_usage_below'))
    this.#makeStep = sqlite.prepare(update('is_step'))
  }

  /** @returns whether a span below this one, stored before it, carries usage. */
  hasUsageBelow({ traceId, spanId }: NewCall): boolean {
    return traceId !== null && spanId !== null && this.#hasUsageBelow.get(traceId, spanId) !== undefined
  }

  /** Tells the spans above a stored one that there is usage below them. */
  announceUsage({ traceId, parentSpanId }: NewCall): void {
    for (let spanId = parentSpanId; traceId !== null && spanId !== null;) {
      // The request id that ingest gives to spans.
      const row = this.#ancestor.get(`${traceId}-${spanId}`)
      if (!row) return
      if (row.isStep === 0) {
        this.#makeStep.run(row.id)
        this.#rollup.subtract(row)
        this.#follower.subtract(row)
      }
      // Whoever marked it has told the ones above: this also ends a circle of parents.
      if (row.hasUsageBelow === 1) return
      this.#markUsageBelow.run(row.id)
      spanId = row.parentSpanId
    }
  }
}

const ANCESTOR_COLUMNS = [
  ...STORED_CALL_COLUMNS,
  'is_step as isStep',
  'has_usage_below as hasUsageBelow',
  'parent_span_id as parentSpanId',
] as const

interface AncestorRow extends StoredCall {
  isStep: number
  hasUsageBelow: number
  parentSpanId: string | null
}

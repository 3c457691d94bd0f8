import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { NewCall } from './call.ts'
import type { CallFollower } from './call-follower.ts'
import type { CallRollup } from './call-rollup.ts'
import type { RequestIds } from './request-ids.ts'
import type { Schema } from './schema.ts'
import type { StoredCall } from './stored-call.ts'
import { STORED_CALL_COLUMNS } from './stored-call.ts'

/** What is known of the usage in a span and below it: `app_log.has_usage_below`. */
const NO_USAGE = 0
const REPORTED = 1
/** Estimates, and nothing that was reported. */
const ESTIMATED = 2

/** Where a call stands in its trace. */
export interface TracePlace {
  isStep: boolean
  /** In it or below it. */
  usage: number
  hasEstimatesBelow: boolean
}

/** Of a call that belongs to no trace and says nothing of its usage. */
export const NOWHERE: TracePlace = { isStep: false, usage: 0, hasEstimatesBelow: false }

/** A chain of spans is looked through no further up: longer ones are somebody's mistake. */
const MAX_ANCESTORS = 64

/**
 * Counts the tokens of nested calls once. SDKs wrap calls in calls, and the outer ones repeat the usage of the inner
 * ones: of the calls on one path of a trace only the innermost that carries usage is counted, those above it become
 * steps. An estimate counts as usage where none was reported: below a call that is counted by what it reports, it is a
 * step. Spans may arrive in any order and in any number of requests. Used by the writer thread, inside a transaction.
 */
export class TraceLinks {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #rollup: CallRollup
  readonly #follower: CallFollower
  readonly #requestIds: RequestIds

  constructor(
    sqlite: SqliteDatabase.Database,
    kysely: Kysely<Schema>,
    { rollup, follower, requestIds }: { rollup: CallRollup; follower: CallFollower; requestIds: RequestIds },
  ) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#rollup = rollup
    this.#follower = follower
    this.#requestIds = requestIds
  }

  /** Where a call that is to be stored will stand, by the spans that were stored before. */
  placeOf(call: NewCall): TracePlace {
    const { traceId, spanId, usageSource } = call
    const below = traceId === null || spanId === null ? NO_USAGE : this.#usageBelow(traceId, spanId)
    const isOuter = below === REPORTED || (below === ESTIMATED && usageSource !== 'reported')
    const isCovered = usageSource === 'estimated' && !isOuter && this.#isCovered(call)
    return {
      isStep: call.isStep || isOuter || isCovered,
      usage: usageSource === 'reported' ? REPORTED : below || (usageSource === null ? NO_USAGE : ESTIMATED),
      hasEstimatesBelow: below === ESTIMATED,
    }
  }

  /** Tells the spans above and below a stored one of the usage in it, and of each other's. */
  link(call: NewCall, { isStep, usage, hasEstimatesBelow }: TracePlace): void {
    const { traceId, spanId, usageSource } = call
    if (usage === NO_USAGE || traceId === null) return
    // It may be the link between an estimate and a call that was counted for it.
    if (hasEstimatesBelow && spanId !== null) {
      const isCounted = usageSource === 'reported' && !isStep
      if (isCounted || this.#isCovered(call)) this.#settleEstimates(traceId, spanId, true)
    }
    for (let parent = call.parentSpanId; parent !== null;) {
      const row = this.#spanOf(traceId, parent)
      if (!row) return
      const keepsCounted = row.usageSource === 'reported' && usage === ESTIMATED
      if (row.isStep === 0 && !keepsCounted) {
        this.#makeStep(row)
        // What it reported stood for the estimates below it, too.
        if (row.usageSource === 'reported') this.#settleEstimates(traceId, parent, false)
      }
      // Whoever marked it has told the ones above: this also ends a circle of parents.
      if (row.usageBelow === REPORTED || row.usageBelow === usage) return
      this.#statements.markUsage.run(usage, row.id)
      parent = row.parentSpanId
    }
  }

  #usageBelow(traceId: string, spanId: string): number {
    return this.#statements.usageBelow.get(traceId, spanId)?.usage ?? NO_USAGE
  }

  /** Whether a call above is counted by what it reports: it stands for what is below it. */
  #isCovered({ traceId, parentSpanId }: NewCall): boolean {
    let parent = parentSpanId
    for (let height = 0; traceId !== null && parent !== null && height < MAX_ANCESTORS; height += 1) {
      const row = this.#spanOf(traceId, parent)
      if (!row) return false
      if (row.usageSource === 'reported') return row.isStep === 0
      parent = row.parentSpanId
    }
    return false
  }

  /** Takes the innermost estimates below a span out of what is counted, or in again. */
  #settleEstimates(traceId: string, spanId: string, isCovered: boolean): void {
    const seen = new Set([spanId])
    for (const parent of seen) {
      for (const row of this.#statements.withUsage.all(traceId, parent)) {
        const isCounted = row.isStep === 0
        if (row.spanId === null || (row.usageSource === 'reported' && isCounted)) continue
        // A set goes on to what is added while it is gone through, and knows a circle of parents.
        seen.add(row.spanId)
        const isInnermost = row.usageSource === 'estimated' && !this.#usageBelow(traceId, row.spanId)
        if (!isInnermost || isCounted !== isCovered) continue
        if (isCovered) this.#makeStep(row)
        else this.#makeCall(row)
      }
    }
  }

  #spanOf(traceId: string, spanId: string): SpanRow | undefined {
    const id = this.#requestIds.findSpan(traceId, spanId)
    return id === undefined ? undefined : this.#statements.span.get(id)
  }

  #makeStep(row: SpanRow): void {
    this.#statements.setStep.run(1, row.id)
    this.#rollup.subtract(row)
    this.#follower.subtract(row)
  }

  #makeCall(row: SpanRow): void {
    this.#statements.setStep.run(0, row.id)
    this.#rollup.add(row)
    this.#follower.add(row)
  }
}

const SPAN_COLUMNS = [
  ...STORED_CALL_COLUMNS,
  'is_step as isStep',
  'has_usage_below as usageBelow',
  'usage_source as usageSource',
  'span_id as spanId',
  'parent_span_id as parentSpanId',
] as const

interface SpanRow extends StoredCall {
  isStep: number
  usageBelow: number
  usageSource: NewCall['usageSource']
  spanId: string | null
  parentSpanId: string | null
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  // By app_log_trace. What was reported is the least of the numbers.
  const below = kysely
    .selectFrom('app_log')
    .where('trace_id', '=', '')
    .where('parent_span_id', '=', '')
    .where('has_usage_below', '>', (eb) => eb.lit(NO_USAGE))
  const usageBelow = below.select((eb) => eb.fn.min('has_usage_below').as('usage'))
  const withUsage = below.select(SPAN_COLUMNS)
  // By the primary key.
  const span = kysely.selectFrom('app_log').select(SPAN_COLUMNS).where('id', '=', 0)
  const update = (column: 'has_usage_below' | 'is_step') =>
    kysely
      .updateTable('app_log')
      .set({ [column]: 0 })
      .where('id', '=', 0)
  return {
    usageBelow: sqlite.prepare<[string, string], { usage: number | null }>(usageBelow.compile().sql),
    withUsage: sqlite.prepare<[string, string], SpanRow>(withUsage.compile().sql),
    span: sqlite.prepare<[number], SpanRow>(span.compile().sql),
    markUsage: sqlite.prepare<[number, number]>(update('has_usage_below').compile().sql),
    setStep: sqlite.prepare<[number, number]>(update('is_step').compile().sql),
  }
}

import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { LIMITS } from '#shared/limits.ts'
import type { OpenDatabase } from '../database.ts'
import { UNNAMED_ERROR_TYPE } from '../label-sets.ts'
import { RequestIdLookup } from '../request-ids.ts'
import type { Schema } from '../schema.ts'
import type { ArrivedCall } from './arrival-cells.ts'
import { ArrivalCells } from './arrival-cells.ts'

/** How far back windows reach, in ms; 0: nobody asks. */
export interface Reach {
  labelsMs: number
  /** Of windows for which users are told apart. */
  usersMs: number
}

/**
 * Keeps cells of the calls that arrived lately. It follows the calls by `app_log.id`, which ascends as they arrive, so that
 * the writer has nothing to do for it; nothing of it is stored, and it reads anew what it needs when it starts.
 */
export class ArrivalFollower {
  readonly #sqlite: SqliteDatabase.Database
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #requestIds: RequestIdLookup
  readonly #widthMs: number
  readonly #userCellsMax: number
  #followed: Followed | undefined
  /** Spans that are counted, by `app_log.id`: one may turn out to be a step, which is not. */
  readonly #countedSpans = new Set<number>()

  /** @param widthMs of the slots that windows begin and end with. */
  constructor(
    { sqlite, kysely }: OpenDatabase,
    widthMs: number,
    { userCellsMax = LIMITS.alertUserCells }: { userCellsMax?: number } = {},
  ) {
    this.#userCellsMax = userCellsMax
    this.#sqlite = sqlite
    this.#statements = prepareStatements(sqlite, kysely)
    this.#requestIds = new RequestIdLookup(sqlite, kysely)
    this.#widthMs = widthMs
  }

  /**
   * Brings the cells up to date.
   *
   * @param at what arrived before `at` less the reach is not needed, epoch ms.
   * @returns the cells; without those by user if there are more of them than can be told apart.
   */
  follow(at: number, reach: Reach): ArrivedCells {
    let followed = this.#followed
    const reachesFar =
      followed && followed.reach.labelsMs >= reach.labelsMs && followed.reach.usersMs >= reach.usersMs
    const isToRetry = followed?.users === null && at - followed.startedAt >= RETRY_USERS_MS
    // The clock was put back: what arrives now lies before what was forgotten already.
    const isPutBack = followed !== undefined && at < followed.askedAt
    if (!followed || !reachesFar || isToRetry || isPutBack) followed = this.#start(at, reach)
    followed.reach = reach
    followed.askedAt = at
    this.catchUp()
    followed.labels.prune(at, reach.labelsMs)
    followed.users?.prune(at, reach.usersMs)
    return followed
  }

  /** Takes in what has come since, so that the next question is answered sooner. */
  catchUp(): void {
    const followed = this.#followed
    if (!followed) return
    // In one transaction, so that spans and the steps they became are of the same moment.
    const takeAll = () => {
      for (;;) {
        const rows = this.#statements.next.all(followed.upTo, CHUNK)
        for (const row of rows) this.#take(followed, row)
        followed.upTo = rows.at(-1)?.id ?? followed.upTo
        if (rows.length < CHUNK) return
      }
    }
    this.#sqlite.transaction(takeAll).deferred()
  }

  /** Forgets everything: what was counted has changed. */
  forget(): void {
    this.#followed = undefined
    this.#countedSpans.clear()
  }

  #start(at: number, reach: Reach): Followed {
    this.#countedSpans.clear()
    const from = at - Math.max(reach.labelsMs, reach.usersMs)
    const labels = new ArrivalCells(this.#widthMs, { isByUser: false })
    const users = new ArrivalCells(this.#widthMs, { isByUser: true })
    labels.prune(at, reach.labelsMs)
    users.prune(at, reach.usersMs)
    const upTo = this.#lastBefore(from - CLOCK_SLACK_MS)
    this.#followed = { labels, users, reach, startedAt: at, askedAt: at, upTo }
    return this.#followed
  }

  /** @returns the greatest `app_log.id` of a call that arrived before then, 0 without one; by halving. */
  #lastBefore(time: number): number {
    let before = 0
    let notBefore = (this.#statements.last.get()?.id ?? 0) + 1
    while (notBefore - before > 1) {
      const middle = Math.floor((before + notBefore) / 2)
      const call = this.#statements.firstFrom.get(middle, notBefore)
      if (!call || call.arrivedAt >= time) notBefore = middle
      else before = call.id
    }
    return before
  }

  #take(followed: Followed, row: ArrivedRow): void {
    if (row.isStep === 0) {
      const call = toCall(row)
      followed.labels.add(call)
      if (followed.reach.usersMs > 0) followed.users?.add(call)
      if (followed.users && followed.users.size > this.#userCellsMax) followed.users = null
      if (row.traceId !== null) this.#rememberSpan(row.id)
    }
    if (row.traceId !== null && row.parentSpanId !== null && row.hasUsageBelow === 1) {
      this.#takeStepsBack(followed, row.traceId, row.parentSpanId)
    }
  }

  #rememberSpan(id: number): void {
    this.#countedSpans.add(id)
    if (this.#countedSpans.size <= SPANS_REMEMBERED) return
    const [oldest] = this.#countedSpans
    if (oldest !== undefined) this.#countedSpans.delete(oldest)
  }

  /** Spans above one that carries usage become steps when it comes: see `TraceLinks`. Those that were counted go. */
  #takeStepsBack(followed: Followed, traceId: string, parentSpanId: string): void {
    let spanId: string | null = parentSpanId
    for (let depth = 0; spanId !== null && depth < TRACE_DEPTH; depth += 1) {
      const row: ArrivedRow | undefined = this.#spanOf(traceId, spanId)
      if (!row) return
      if (row.isStep === 1 && this.#countedSpans.delete(row.id)) {
        followed.labels.subtract(toCall(row))
        if (followed.reach.usersMs > 0) followed.users?.subtract(toCall(row))
      }
      spanId = row.parentSpanId
    }
  }

  #spanOf(traceId: string, spanId: string): ArrivedRow | undefined {
    const id = this.#requestIds.findSpan(traceId, spanId, PARTITIONS_LOOKED_THROUGH)
    return id === undefined ? undefined : this.#statements.span.get(id)
  }
}

/** Calls that arrived lately. */
export interface ArrivedCells {
  labels: ArrivalCells
  /** Null: there are too many. */
  users: ArrivalCells | null
}

interface Followed extends ArrivedCells {
  reach: Reach
  /** epoch ms */
  startedAt: number
  /** When the last question was about, epoch ms. */
  askedAt: number
  /** The greatest `app_log.id` that was taken. */
  upTo: number
}

const CHUNK = 20_000
/** Clocks that were put back make ids and times of arrival disagree by so much. */
const CLOCK_SLACK_MS = 3_600_000
/** When so many are too many, it is tried again after this. */
const RETRY_USERS_MS = 600_000
const SPANS_REMEMBERED = 100_000
/** A span that came a quarter of a million calls before the one below it is not looked for. */
const PARTITIONS_LOOKED_THROUGH = 16
/** Spans above a span that are looked at; circles end here, too. */
const TRACE_DEPTH = 50

interface ArrivedRow {
  id: number
  app: string
  appType: string | null
  provider: string | null
  model: string | null
  environment: string | null
  userId: string | null
  status: 'ok' | 'error'
  errorType: string | null
  startedAt: number
  arrivedAt: number
  durationUs: number | null
  ttftUs: number | null
  totalTokens: number | null
  costNanos: number | null
  traceId: string | null
  parentSpanId: string | null
  isStep: number
  hasUsageBelow: number
}

/** The call as the rollups label it. */
export function toCall(
  row: Omit<ArrivedRow, 'id' | 'traceId' | 'parentSpanId' | 'isStep' | 'hasUsageBelow'>,
): ArrivedCall {
  const isError = row.status === 'error'
  return {
    app: row.app,
    appType: row.appType ?? '',
    provider: row.provider ?? '',
    model: row.model ?? '',
    environment: row.environment ?? '',
    errorType: isError ? (row.errorType ?? UNNAMED_ERROR_TYPE) : '',
    userId: row.userId ?? '',
    isError,
    startedAt: row.startedAt,
    arrivedAt: row.arrivedAt,
    durationUs: row.durationUs,
    ttftUs: row.ttftUs,
    totalTokens: row.totalTokens,
    costNanos: row.costNanos,
  }
}

/** What is read of a call to count it. */
export function arrivedCalls(kysely: Kysely<Schema>) {
  return kysely
    .selectFrom('app_log')
    .select([
      'app',
      'app_type as appType',
      'provider',
      'environment',
      'user_id as userId',
      'status',
      'error_type as errorType',
      'started_at as startedAt',
      'arrived_at as arrivedAt',
      'duration_us as durationUs',
      'ttft_us as ttftUs',
      'total_tokens as totalTokens',
      'cost_nanos as costNanos',
    ])
    .select((eb) => eb.fn.coalesce('model', 'request_model').as('model'))
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const rows = arrivedCalls(kysely).select([
    'id',
    'trace_id as traceId',
    'parent_span_id as parentSpanId',
    'is_step as isStep',
    'has_usage_below as hasUsageBelow',
  ])
  // By the primary key.
  const next = rows.where('id', '>', 0).orderBy('id').limit(0)
  const last = kysely.selectFrom('app_log').select((eb) => eb.fn.max('id').as('id'))
  const firstFrom = kysely
    .selectFrom('app_log')
    .select(['id', 'arrived_at as arrivedAt'])
    .where('id', '>=', 0)
    .where('id', '<', 0)
    .orderBy('id')
    .limit((eb) => eb.lit(1))
  // By the primary key.
  const span = rows.where('id', '=', 0)
  return {
    next: sqlite.prepare<[number, number], ArrivedRow>(next.compile().sql),
    last: sqlite.prepare<[], { id: number | null }>(last.compile().sql),
    firstFrom: sqlite.prepare<[number, number], { id: number; arrivedAt: number }>(firstFrom.compile().sql),
    span: sqlite.prepare<[number], ArrivedRow>(span.compile().sql),
  }
}

import type SqliteDatabase from 'better-sqlite3'
import type { CallFilter } from '#shared/contract/app-logs.ts'
import type { OpenDatabase } from './database.ts'
import { feedbackOfCall } from './feedback-of-call.ts'
import type { CallPlace } from './queries/call-places.ts'
import { listCalls } from './queries/list-calls.ts'
import { readRows } from './read-rows.ts'
import { DAY_MS, levelOf } from './rollup-levels.ts'
import type { FeedbackRow } from './retention/restore-feedback.ts'
import type { Schema } from './schema.ts'

/** A call as its row has it, with its bodies and what was said of it if they were asked for. */
export type CallRow = Omit<Schema['app_log'], 'id' | 'has_usage_below' | 'cost_config_key'> & {
  id: number
  config_id: string | null
  feedback?: FeedbackRow[]
} & Partial<Schema['app_log_body']>

/** Rows that are read before they are handed on. */
const PAGE_CALLS = 1_000

/**
 * Reads whole calls for as long as it takes, newest first, without holding a transaction: the log of a busy database
 * could not be cut meanwhile. Calls that come while it reads are left out; one that is deleted before it is reached is,
 * too.
 */
export class CallPages {
  readonly #database: OpenDatabase
  readonly #filter: CallFilter
  readonly #lastId: number
  readonly #call: SqliteDatabase.Statement<[number], CallRow>
  readonly #feedback: SqliteDatabase.Statement<[number], FeedbackRow> | undefined
  readonly #days: { start: number; calls: number }[]

  constructor(
    database: OpenDatabase,
    filter: CallFilter,
    { withBodies, withFeedback = false }: { withBodies: boolean; withFeedback?: boolean },
  ) {
    this.#database = database
    this.#filter = filter
    const { sqlite, kysely } = database
    const lastId = kysely.selectFrom('app_log').select((eb) => eb.fn.max('id').as('id'))
    this.#lastId = sqlite.prepare<[], { id: number | null }>(lastId.compile().sql).get()?.id ?? 0
    // By the primary keys.
    const call = kysely
      .selectFrom('app_log')
      .leftJoin('cost_config_ref', 'cost_config_ref.key', 'app_log.cost_config_key')
      .selectAll('app_log')
      .select('config_id')
      .where('app_log.id', '=', 0)
    const whole = call
      .leftJoin('app_log_body', 'app_log_body.app_log_id', 'app_log.id')
      .selectAll('app_log_body')
    this.#call = sqlite.prepare((withBodies ? whole : call).compile().sql)
    this.#feedback = withFeedback ? feedbackOfCall(database) : undefined
    // By the primary key of the rollup.
    const days = kysely
      .selectFrom('call_rollup')
      .select(['bucket_start as start', 'requests as calls'])
      .where('level', '=', levelOf(DAY_MS, 'all'))
      .orderBy('bucket_start', 'desc')
    const { from = -Infinity, to = Infinity } = filter
    this.#days = readRows<{ start: number; calls: number }>(sqlite, days).filter(
      ({ start }) => start + DAY_MS > from && start < to,
    )
  }

  /** Pages of calls, as they are read: one is not kept when the next is asked for. */
  *pages(): Generator<{ calls: Iterable<CallRow>; end: CallPlace | null }> {
    let after: CallPlace | undefined
    for (;;) {
      const { items, end } = listCalls(this.#database, { ...this.#filter, limit: PAGE_CALLS, after })
      yield { calls: this.#rows(items.map(({ id }) => id)), end }
      if (end === null) return
      after = end
    }
  }

  /** How much of the range lies behind a place, 0 to 1, by the calls of its days. */
  shareBefore({ startedAt }: Pick<CallPlace, 'startedAt'>): number {
    const total = this.#days.reduce((sum, { calls }) => sum + calls, 0)
    const passed = this.#days.reduce((sum, { start, calls }) => {
      const share = Math.min(1, Math.max(0, (start + DAY_MS - startedAt) / DAY_MS))
      return sum + calls * share
    }, 0)
    return total === 0 ? 1 : passed / total
  }

  /** One at a time: a page of long prompts need not fit into memory. */
  *#rows(ids: readonly number[]): Generator<CallRow> {
    for (const id of ids) {
      const row = id > this.#lastId ? undefined : this.#call.get(id)
      if (row) yield this.#feedback ? { ...row, feedback: this.#feedback.all(id) } : row
    }
  }
}

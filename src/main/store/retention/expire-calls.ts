import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { CallFollower } from '../call-follower.ts'
import type { CallRollup } from '../call-rollup.ts'
import type { RequestIds } from '../request-ids.ts'
import { DAY_MS } from '../rollup-levels.ts'
import type { Schema } from '../schema.ts'
import type { TextIndex } from '../text-index/text-index.ts'
import type { StoredCall } from '../stored-call.ts'
import { STORED_CALL_COLUMNS } from '../stored-call.ts'
import type { GoneCalls } from './gone-calls.ts'

/** A call that is to go, as it was when it was looked at. */
export interface ExpiringCall {
  /** `app_log.id` */
  id: number
  requestId: string
  costNanos: number | null
  isStep: boolean
  /** How many events of its span came apart from it. */
  events: number
}

export interface Expired {
  /** Those that changed in between stay, for the next time. */
  deleted: number
  /** Whether the newest rows were among them: their ids are given out again. */
  areIdsReused: boolean
}

interface Parts {
  rollup: CallRollup
  follower: CallFollower
  gone: GoneCalls
  requestIds: RequestIds
  textIndex: TextIndex
}

type Found = StoredCall & { requestId: string; isStep: number; traceId: string | null; spanId: string | null }

/**
 * Deletes calls because of their age, or only their texts. What was counted of them stays: unlike what a user deletes,
 * they have taken place. Of the writer thread only.
 */
export class CallExpirer {
  readonly #parts: Parts
  readonly #expire: SqliteDatabase.Transaction<(calls: readonly ExpiringCall[]) => Expired>
  readonly #dropBodies: SqliteDatabase.Transaction<(calls: readonly ExpiringCall[]) => number>
  readonly #dropRollups: SqliteDatabase.Transaction<(dayStart: number) => boolean>

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>, parts: Parts) {
    this.#parts = parts
    const { rollup, follower, gone, requestIds, textIndex } = parts
    const statements = prepareStatements(sqlite, kysely)
    /** @returns the call, unless it has changed since it was looked at. */
    const findSame = (expiring: ExpiringCall): Found | undefined => {
      const call = statements.find.get(expiring.id)
      if (call?.requestId !== expiring.requestId) return undefined
      const isSame = call.costNanos === expiring.costNanos && (call.isStep === 1) === expiring.isStep
      return isSame && eventsOf(call) === expiring.events ? call : undefined
    }
    const eventsOf = ({ traceId, spanId }: Found): number =>
      traceId === null || spanId === null ? 0 : (statements.countEvents.get(traceId, spanId)?.events ?? 0)
    const dropEvents = ({ traceId, spanId }: Found): void => {
      if (traceId !== null && spanId !== null) statements.deleteEvents.run(traceId, spanId)
    }
    this.#expire = sqlite.transaction((calls) => {
      let deleted = 0
      const lastId = statements.lastId.get()?.id ?? 0
      for (const expiring of calls) {
        const call = findSame(expiring)
        if (!call) continue
        if (!expiring.isStep) follower.expire(call)
        gone.add(call, expiring.isStep)
        dropEvents(call)
        // Its body goes with it; its feedback stays.
        requestIds.remove(call, call.id)
        statements.deleteCall.run(call.id)
        deleted += 1
      }
      follower.flush()
      follower.stepBack()
      textIndex.changed(calls.map(({ id }) => id))
      gone.flush()
      return { deleted, areIdsReused: (statements.lastId.get()?.id ?? 0) < lastId }
    })
    this.#dropBodies = sqlite.transaction((calls) => {
      let dropped = 0
      for (const expiring of calls) {
        const call = findSame(expiring)
        if (!call) continue
        dropEvents(call)
        dropped += statements.dropBody.run(call.id).changes
      }
      textIndex.changed(calls.map(({ id }) => id))
      return dropped
    })
    this.#dropRollups = sqlite.transaction((dayStart) => {
      const end = dayStart + DAY_MS
      if (statements.anyCall.get(dayStart, end)) return false
      rollup.clear(dayStart, end)
      follower.clearDays(dayStart, end)
      follower.flush()
      gone.forget(dayStart, end)
      return true
    })
  }

  /** Deletes calls with their texts and events, in one transaction, once all calls are followed. */
  expire(calls: readonly ExpiringCall[]): Expired {
    this.#parts.follower.catchUpFully()
    return this.#orDiscard(() => this.#expire.immediate(calls))
  }

  /** Deletes prompts, responses and events. What else is known of the calls stays. @returns of how many. */
  dropBodies(calls: readonly ExpiringCall[]): number {
    return this.#orDiscard(() => this.#dropBodies.immediate(calls))
  }

  /** Deletes what was counted on a day (UTC). @returns whether it did: not while there are calls. */
  dropRollups(dayStart: number): boolean {
    this.#parts.follower.catchUpFully()
    return this.#orDiscard(() => this.#dropRollups.immediate(dayStart))
  }

  #orDiscard<T>(write: () => T): T {
    try {
      return write()
    } catch (error) {
      this.#parts.rollup.discard()
      this.#parts.follower.discard()
      this.#parts.gone.discard()
      this.#parts.requestIds.discard()
      throw error
    }
  }
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  // By the primary keys.
  const find = kysely
    .selectFrom('app_log')
    .select([
      ...STORED_CALL_COLUMNS,
      'request_id as requestId',
      'is_step as isStep',
      'trace_id as traceId',
      'span_id as spanId',
    ])
    .where('id', '=', 0)
  const countEvents = kysely
    .selectFrom('span_event')
    .select((eb) => eb.fn.countAll<number>().as('events'))
    .where('trace_id', '=', '')
    .where('span_id', '=', '')
  const deleteEvents = kysely.deleteFrom('span_event').where('trace_id', '=', '').where('span_id', '=', '')
  const deleteCall = kysely.deleteFrom('app_log').where('id', '=', 0)
  const dropBody = kysely
    .updateTable('app_log_body')
    .set((eb) => ({
      prompt: eb.lit(null),
      prompt_format: eb.lit(null),
      response: eb.lit(null),
      response_format: eb.lit(null),
    }))
    .where('app_log_id', '=', 0)
  const lastId = kysely.selectFrom('app_log').select((eb) => eb.fn.max('id').as('id'))
  // By app_log_started_at.
  const anyCall = kysely
    .selectFrom('app_log')
    .select('id')
    .where('started_at', '>=', 0)
    .where('started_at', '<', 0)
    .limit((eb) => eb.lit(1))
  return {
    find: sqlite.prepare<[number], Found>(find.compile().sql),
    countEvents: sqlite.prepare<[string, string], { events: number }>(countEvents.compile().sql),
    deleteEvents: sqlite.prepare<[string, string]>(deleteEvents.compile().sql),
    deleteCall: sqlite.prepare<[number]>(deleteCall.compile().sql),
    dropBody: sqlite.prepare<[number]>(dropBody.compile().sql),
    lastId: sqlite.prepare<[], { id: number | null }>(lastId.compile().sql),
    anyCall: sqlite.prepare<[number, number]>(anyCall.compile().sql),
  }
}

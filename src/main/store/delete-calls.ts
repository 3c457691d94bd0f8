import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { CallFollower } from './call-follower.ts'
import type { CallRollup } from './call-rollup.ts'
import type { RequestIds } from './request-ids.ts'
import type { Schema } from './schema.ts'
import type { StoredCall } from './stored-call.ts'
import { STORED_CALL_COLUMNS } from './stored-call.ts'
import type { TextIndex } from './text-index/text-index.ts'

interface Parts {
  rollup: CallRollup
  follower: CallFollower
  requestIds: RequestIds
  textIndex: TextIndex
}

/** Deletes calls with all that is known of them; what was counted of them is taken back. Of the writer thread only. */
export class CallDeleter {
  readonly #delete: SqliteDatabase.Transaction<(ids: readonly number[]) => number>
  readonly #parts: Parts

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>, parts: Parts) {
    this.#parts = parts
    // By the primary key.
    const find = kysely
      .selectFrom('app_log')
      .select([...STORED_CALL_COLUMNS, 'request_id as requestId', 'is_step as isStep'])
      .select(['trace_id as traceId', 'span_id as spanId'])
      .where('id', '=', 0)
    type Row = StoredCall & {
      requestId: string
      isStep: number
      traceId: string | null
      spanId: string | null
    }
    const findCall = sqlite.prepare<[number], Row>(find.compile().sql)
    // Its body goes with it.
    const deleteCall = sqlite.prepare<[number]>(
      kysely.deleteFrom('app_log').where('id', '=', 0).compile().sql,
    )
    const deleteEvents = sqlite.prepare<[string, string]>(
      kysely.deleteFrom('span_event').where('trace_id', '=', '').where('span_id', '=', '').compile().sql,
    )
    const { rollup, follower, requestIds, textIndex } = parts
    this.#delete = sqlite.transaction((ids) => {
      let deleted = 0
      for (const id of ids) {
        const call = findCall.get(id)
        if (!call) continue
        if (call.isStep === 0) {
          rollup.subtract(call)
          follower.subtract(call)
        }
        if (call.traceId !== null && call.spanId !== null) deleteEvents.run(call.traceId, call.spanId)
        requestIds.remove(call.requestId, id)
        deleteCall.run(id)
        deleted += 1
      }
      rollup.flush()
      follower.flush()
      follower.stepBack()
      textIndex.changed(ids)
      return deleted
    })
  }

  /**
   * Calls that became steps because these told their usage stay steps: what was deleted is not to be counted again.
   *
   * @param ids `app_log.id`
   * @returns how many there were.
   */
  delete(ids: readonly number[]): number {
    try {
      return this.#delete.immediate(ids)
    } catch (error) {
      this.#parts.rollup.discard()
      this.#parts.follower.discard()
      throw error
    }
  }
}

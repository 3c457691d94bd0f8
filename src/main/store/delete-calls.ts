import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
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
  readonly #delete: SqliteDatabase.Transaction<(ids: readonly number[], isOverwritten: boolean) => number>
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
    const overwrites = prepareOverwrites(sqlite, kysely)
    this.#delete = sqlite.transaction((ids, isOverwritten) => {
      const calls = ids.flatMap((id) => findCall.get(id) ?? [])
      for (const call of calls) {
        const { id, traceId, spanId } = call
        if (call.isStep === 0) {
          rollup.subtract(call)
          follower.subtract(call)
        }
        if (traceId !== null && spanId !== null) deleteEvents.run(traceId, spanId)
        requestIds.remove(call, id)
      }
      if (isOverwritten) for (const { id } of calls) for (const overwrite of overwrites) overwrite.run(id)
      for (const { id } of calls) deleteCall.run(id)
      rollup.flush()
      follower.flush()
      follower.stepBack()
      textIndex.changed(ids)
      return calls.length
    })
  }

  /**
   * Calls that became steps because these told their usage stay steps: what was deleted is not to be counted again.
   *
   * @param ids `app_log.id`
   * @param isOverwritten whether their texts are overwritten first: deleting a row may move its neighbours, and leaves a
   *   copy of them where they were.
   * @returns how many there were.
   */
  delete(ids: readonly number[], isOverwritten = false): number {
    try {
      return this.#delete.immediate(ids, isOverwritten)
    } catch (error) {
      this.#parts.rollup.discard()
      this.#parts.follower.discard()
      throw error
    }
  }
}

/** What of a call is not figures. */
const TEXTS = {
  app_log: ['request_id', 'user_id', 'session_id', 'name', 'error_type'],
  app_log_body: ['error_message', 'prompt', 'response', 'tags', 'attributes'],
} as const

/** Puts as many zero bytes in the place of each text: a row of the same size is written where it is. */
function prepareOverwrites(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const zeros = (column: string) =>
    sql`${sql.ref(column)} = cast(zeroblob(length(cast(${sql.ref(column)} as blob))) as text)`
  const keys = { app_log: 'id', app_log_body: 'app_log_id' } as const
  return (['app_log', 'app_log_body'] as const).map((table) =>
    sqlite.prepare<[number]>(
      sql`update ${sql.table(table)} set ${sql.join(TEXTS[table].map(zeros))}
        where ${sql.ref(keys[table])} = ${0}`.compile(kysely).sql,
    ),
  )
}

import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { CallFollower } from './call-follower.ts'
import type { CallRollup } from './call-rollup.ts'
import type { CostConfigRefs } from './cost-config-refs.ts'
import type { Schema } from './schema.ts'
import type { StoredCall } from './stored-call.ts'
import { STORED_CALL_COLUMNS } from './stored-call.ts'

/** Another cost of a stored call. */
export interface CostChange {
  /** `app_log.id` */
  id: number
  /** Null: no price is known. */
  costNanos: number | null
  /** Null where there is a cost: it is the one that the caller reported. */
  costConfigId: string | null
}

/** Changes costs that were computed; those that were reported stay. Used by the writer thread only. */
export class CallRepricer {
  readonly #reprice: SqliteDatabase.Transaction<(changes: readonly CostChange[]) => void>
  readonly #parts: { rollup: CallRollup; follower: CallFollower; refs: CostConfigRefs }

  constructor(
    sqlite: SqliteDatabase.Database,
    kysely: Kysely<Schema>,
    parts: { rollup: CallRollup; follower: CallFollower; refs: CostConfigRefs },
  ) {
    this.#parts = parts
    // By the primary key.
    const find = kysely
      .selectFrom('app_log')
      .select([...STORED_CALL_COLUMNS, 'is_step as isStep', 'cost_source as costSource'])
      .where('id', '=', 0)
    const update = kysely
      .updateTable('app_log')
      .set({ cost_nanos: 0, cost_source: null, cost_config_key: 0 })
      .where('id', '=', 0)
    type Row = StoredCall & { isStep: number; costSource: string | null }
    const findCall = sqlite.prepare<[number], Row>(find.compile().sql)
    const updateCall = sqlite.prepare<[number | null, string | null, number | null, number]>(
      update.compile().sql,
    )
    const { rollup, follower, refs } = parts
    this.#reprice = sqlite.transaction((changes) => {
      for (const { id, costNanos, costConfigId } of changes) {
        const call = findCall.get(id)
        // It may have gone, or become a step, since it was looked at.
        if (!call || call.isStep === 1 || call.costSource === 'reported') continue
        const repriced = { ...call, costNanos }
        rollup.subtract(call)
        follower.subtract(call)
        updateCall.run(
          costNanos,
          costNanos === null ? null : costConfigId === null ? 'reported' : 'computed',
          costConfigId === null ? null : refs.keyOf(costConfigId),
          id,
        )
        rollup.add(repriced)
        follower.add(repriced)
      }
      rollup.flush()
      follower.flush()
    })
  }

  reprice(changes: readonly CostChange[]): void {
    try {
      this.#reprice.immediate(changes)
    } catch (error) {
      this.#parts.rollup.discard()
      this.#parts.follower.discard()
      this.#parts.refs.forget()
      throw error
    }
  }
}

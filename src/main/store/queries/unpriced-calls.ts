import type SqliteDatabase from 'better-sqlite3'
import type { CompiledQuery } from 'kysely'
import { sql } from 'kysely'
import { LIMITS } from '#shared/limits.ts'
import type { OpenDatabase } from '../database.ts'
import { levelOf } from '../rollup-levels.ts'
import { coverKept, frozenDays } from './frozen-days.ts'

/** Calls of a model and a provider, '' where they name none, that have no cost. */
export interface UnpricedCalls {
  provider: string
  model: string
  calls: number
}

/**
 * Calls without a cost, by model and provider, most calls first, as many as a page of a list has. They are counted from
 * rollups; calls are looked at only at the ends of the range, if these are not on multiples of five minutes.
 *
 * @param range epoch ms, `[from, to)`
 */
export function unpricedCalls(
  { sqlite, kysely }: OpenDatabase,
  range: { from: number; to: number },
): UnpricedCalls[] {
  const all = ({ sql: text, parameters }: CompiledQuery) =>
    (sqlite.prepare(text) as SqliteDatabase.Statement<unknown[], UnpricedCalls>).all(...parameters)
  const frozen = frozenDays({ sqlite, kysely }, range)
  const rows = coverKept(range, [range.from], frozen).flatMap(({ from, to, source }) => {
    if (source === 'calls') {
      const [provider, model] = [
        sql<string>`coalesce(provider, '')`,
        sql<string>`coalesce(model, request_model, '')`,
      ]
      // By app_log_started_at.
      const calls = kysely
        .selectFrom('app_log')
        .select([provider.as('provider'), model.as('model'), sql<number>`count(*)`.as('calls')])
        .where('started_at', '>=', from)
        .where('started_at', '<', to)
        .where('is_step', '=', 0)
        .where('cost_nanos', 'is', null)
        .groupBy([provider, model])
      return all(calls.compile())
    }
    // By the primary key.
    const rollups = kysely
      .selectFrom('call_rollup')
      .innerJoin('label_set', 'label_set.id', 'call_rollup.label_set_id')
      .select(['provider', 'model', sql<number>`total(unpriced_requests)`.as('calls')])
      .where('level', '=', levelOf(source, 'labelSet'))
      .where('bucket_start', '>=', from)
      .where('bucket_start', '<', to)
      .where('unpriced_requests', '>', 0)
      .groupBy(['provider', 'model'])
    return all(rollups.compile())
  })
  const sums = new Map<string, UnpricedCalls>()
  for (const row of rows) {
    const key = JSON.stringify([row.provider, row.model])
    const sum = sums.get(key)
    if (sum) sum.calls += row.calls
    else sums.set(key, { ...row })
  }
  return [...sums.values()].sort((a, b) => b.calls - a.calls).slice(0, LIMITS.pageSize)
}

import { sql } from 'kysely'
import { LIMITS } from '#shared/limits.ts'
import type { OpenDatabase } from '../database.ts'
import { readRows } from '../read-rows.ts'
import { DAY_MS, levelOf } from '../rollup-levels.ts'
import { CallSelector, EXACT_CALLS_MAX } from '../queries/call-selector.ts'
import { coverKept, frozenDays } from '../queries/frozen-days.ts'
import { arrivedCalls, toCall } from './arrival-follower.ts'
import { ArrivalCells } from './arrival-cells.ts'
import type { LabelTotals } from './call-totals.ts'
import { CallTotals } from './call-totals.ts'

/** How long before a window the one lies that it is compared with. A day has 24 hours, whatever clocks show. */
export const COMPARED_MS = { yesterday: DAY_MS, lastWeek: 7 * DAY_MS } as const

/** Which totals are asked for: rollups know neither users nor times to the first token. */
export interface BaseWindow {
  /** epoch ms, `[from, to)` */
  from: number
  to: number
  needsCalls: boolean
}

/**
 * Totals of the calls that started in a window of the past, by their labels: from the rollups, and call by call at its ends,
 * or all of it if they are few or rollups cannot tell.
 *
 * @throws Error if too many calls would have to be looked through.
 */
export function baseTotals(
  database: OpenDatabase,
  window: BaseWindow,
  callsMax: number = LIMITS.alertComparedCalls,
): LabelTotals[] {
  const { sqlite, kysely } = database
  const { from, to } = window
  const areFew = () => new CallSelector(database, { from, to, labels: {} }).areFewerThan(EXACT_CALLS_MAX)
  const frozen = frozenDays(database, window)
  const needsCalls = window.needsCalls || (frozen.size === 0 && areFew())
  const parts = needsCalls ? [{ from, to, source: 'calls' as const }] : coverKept(window, [from], frozen)
  const totals: LabelTotals[] = []
  const readParts = () => {
    for (const part of parts) {
      if (part.source === 'calls') {
        totals.push(...callTotals(part))
        continue
      }
      // By the primary keys.
      const query = kysely
        .selectFrom('call_rollup')
        .innerJoin('label_set', 'label_set.id', 'call_rollup.label_set_id')
        .select([
          'app',
          'app_type as appType',
          'provider',
          'model',
          'environment',
          'error_type as errorType',
          'requests',
          'errors',
          'unpriced_requests as unpriced',
          'finished_requests as finished',
          'duration_us as durationUs',
          'total_tokens as totalTokens',
          'cost_nanos as costNanos',
          'duration_histogram as durations',
        ])
        .where('level', '=', levelOf(part.source, 'labelSet'))
        .where('bucket_start', '>=', part.from)
        .where('bucket_start', '<', part.to)
      for (const row of readRows<RollupRow>(sqlite, query)) {
        const of = new CallTotals()
        of.add({ ...row, ttfts: null })
        totals.push({ labels: { ...row, userId: '' }, totals: of })
      }
    }
  }
  const callTotals = (part: { from: number; to: number }): LabelTotals[] => {
    // By app_log_started_at.
    const query = arrivedCalls(kysely)
      .where('started_at', '>=', part.from)
      .where('started_at', '<', part.to)
      .where('is_step', '=', sql.lit(0))
      .limit(callsMax + 1)
      .compile()
    const cells = new ArrivalCells(part.to - part.from, { isByUser: true })
    let calls = 0
    for (const row of sqlite
      .prepare<unknown[], Parameters<typeof toCall>[0]>(query.sql)
      .iterate(...query.parameters)) {
      calls += 1
      if (calls > callsMax) {
        throw new Error(
          'There were too many calls to compare with. Choose a shorter window, or neither users nor time to first token.',
        )
      }
      cells.add({ ...toCall(row), startedAt: 0, arrivedAt: 0 })
    }
    const length = part.to - part.from
    return cells.totals(length, [length]).get(length) ?? []
  }
  // One transaction, so that rollups and calls are of the same moment.
  sqlite.transaction(readParts).deferred()
  return totals
}

type RollupRow = Omit<LabelTotals['labels'], 'userId'> &
  Record<
    'requests' | 'errors' | 'unpriced' | 'finished' | 'durationUs' | 'totalTokens' | 'costNanos',
    number
  > & { durations: Uint8Array }

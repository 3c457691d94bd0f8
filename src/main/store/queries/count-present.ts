import { sql } from 'kysely'
import type { OpenDatabase } from '../database.ts'
import { PRESENCE_WIDTHS_MS, PRESENT } from '../presence-tables.ts'
import { DAY_MS } from '../rollup-levels.ts'
import type { CallQuery, CallSelection } from './call-selector.ts'
import { CallSelector, EXACT_CALLS_MAX } from './call-selector.ts'
import { coverKept, splitAtFrozen } from './frozen-days.ts'
import { KeySet } from './key-set.ts'
import { presencePairs } from './presence-pairs.ts'

export interface Present {
  users: number
  sessions: number
}

/**
 * How many users and sessions have a call that matches. The work grows with buckets, label sets and with who is there,
 * not with calls.
 *
 * @param exactCallsMax a range with no more calls is read from the calls themselves.
 */
export function countPresent(
  database: OpenDatabase,
  selection: CallSelection,
  exactCallsMax: number = EXACT_CALLS_MAX,
): Present {
  // One transaction, so that tables and calls are of the same moment.
  return database.sqlite.transaction(() => count(database, selection, exactCallsMax)).deferred()
}

function count(database: OpenDatabase, selection: CallSelection, exactCallsMax: number): Present {
  const calls = new CallSelector(database, selection)
  const { kysely } = database
  // By the unique index on the name, or the primary key.
  const keyIn = (table: 'user' | 'session_name' | 'recent_session_name') =>
    kysely.selectFrom(table).select('id').where('name', '=', sql.ref<string>('named.name'))
  const kinds = [
    { kind: PRESENT.user, column: 'user_id', key: keyIn('user') },
    {
      kind: PRESENT.session,
      column: 'session_id',
      key: kysely.fn.coalesce(keyIn('recent_session_name'), keyIn('session_name')),
    },
  ] as const
  const [users = 0, sessions = 0] = kinds.map(({ kind, column, key: keyOfName }) => {
    const known = new KeySet()
    /** Those that have no number yet. */
    const unnumbered = new Set<string>()

    const takeCalls = (query: CallQuery): void => {
      const named = calls.matching(query).select(`${column} as name`).where(column, 'is not', null).distinct()
      const numbered = kysely.selectFrom(named.as('named')).select(['named.name', keyOfName.as('key')])
      for (const { name, key } of calls.read<{ name: string; key: number | null }>(numbered)) {
        if (key === null) unnumbered.add(name)
        else known.add(key)
      }
    }
    const takeUser = (name: string): void => {
      for (const part of coverKept(selection, [selection.from], frozen, [DAY_MS])) {
        if (part.source === 'calls') continue
        // By the primary key.
        const days = kysely
          .selectFrom('user_rollup_day')
          .innerJoin('user', 'user.id', 'user_rollup_day.user_key')
          .select('user_key as key')
          .where('user.name', '=', name)
          .where('day_start', '>=', part.from)
          .where('day_start', '<', part.to)
          .where('label_set_id', 'in', calls.labelSets())
          .limit(1)
        for (const { key } of calls.read<{ key: number }>(days)) known.add(key)
      }
    }

    const { userId } = selection
    const frozen = calls.frozenDays()
    const isExact = calls.areFewerThan(exactCallsMax)
    if (userId !== undefined) {
      for (const query of calls.ofUser(userId)) takeCalls(query)
      // Of a user's sessions nothing is kept but the calls; that there was the user, is.
      if (kind === PRESENT.user && frozen.size > 0) takeUser(userId)
      return known.size + unnumbered.size
    }
    for (const piece of isExact ? splitAtFrozen(selection, frozen) : [{ ...selection, isFrozen: true }]) {
      if (!piece.isFrozen) {
        takeCalls(calls.in(piece))
        continue
      }
      for (const part of coverKept(piece, [piece.from], frozen, PRESENCE_WIDTHS_MS)) {
        if (part.source === 'calls') takeCalls(calls.in(part))
        else {
          const { source: width, from, to } = part
          for (const pairs of presencePairs(kysely, calls, { kind, width, from, to })) known.addFirsts(pairs)
        }
      }
      takeCalls(calls.notFollowed(piece))
    }
    return known.size + unnumbered.size
  })
  return { users, sessions }
}

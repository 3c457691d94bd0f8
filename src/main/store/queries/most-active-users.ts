import { PRESENCE_WIDTHS_MS, PRESENT } from '../presence-tables.ts'
import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import type { CallQuery, CallSelection, CallSelector } from './call-selector.ts'
import { coverKept } from './frozen-days.ts'
import { presencePairs } from './presence-pairs.ts'

/**
 * The users with the most calls that match, as far as they are followed. Who was there in an hour or a day is known with
 * how often, so the work grows with buckets, label sets and with who is there, not with calls.
 *
 * @returns names by the user's number, at most `most` of them.
 */
export function mostActiveUsers(
  kysely: Kysely<Schema>,
  calls: CallSelector,
  selection: Pick<CallSelection, 'from' | 'to'>,
  most: number,
): Map<number, string> {
  const requests = new Map<number, number>()
  const add = (key: number, count: number) => requests.set(key, (requests.get(key) ?? 0) + count)

  const addCalls = (query: CallQuery): void => {
    const named = calls
      .matching(query)
      .select((eb) => ['user_id as name', eb.fn.countAll<number>().as('count')])
      .where('user_id', 'is not', null)
      .groupBy('user_id')
    // By the unique index on the name.
    const counted = kysely
      .selectFrom(named.as('named'))
      .innerJoin('user', 'user.name', 'named.name')
      .select(['user.id as key', 'named.count'])
    for (const { key, count } of calls.read<{ key: number; count: number }>(counted)) add(key, count)
  }

  const frozen = calls.frozenDays()
  for (const { from, to, source } of coverKept(selection, [selection.from], frozen, PRESENCE_WIDTHS_MS)) {
    if (source === 'calls') {
      addCalls(calls.in({ from, to }))
      continue
    }
    for (const pairs of presencePairs(kysely, calls, { kind: PRESENT.user, width: source, from, to })) {
      for (let at = 0; at < pairs.length; at += 1) add(pairs.firsts[at] ?? 0, pairs.seconds[at] ?? 0)
    }
  }
  addCalls(calls.notFollowed(selection))

  const keys = [...requests]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([key]) => key)
  const users = kysely.selectFrom('user').select(['id', 'name']).where('id', 'in', keys)
  return new Map(calls.read<{ id: number; name: string }>(users).map(({ id, name }) => [id, name]))
}

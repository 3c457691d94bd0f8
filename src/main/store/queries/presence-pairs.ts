import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Pairs } from '../packed-pairs.ts'
import { unpackPairs } from '../packed-pairs.ts'
import type { PRESENT } from '../presence-tables.ts'
import type { BucketWidth } from '../rollup-levels.ts'
import { levelOf } from '../rollup-levels.ts'
import type { Schema } from '../schema.ts'
import type { CallSelector } from './call-selector.ts'

/**
 * Who is there in whole buckets, by number, with how many calls: pairs for each bucket and label set that is asked for.
 * Each holds until the next is taken.
 */
export function* presencePairs(
  kysely: Kysely<Schema>,
  calls: CallSelector,
  {
    kind,
    width,
    from,
    to,
  }: { kind: (typeof PRESENT)[keyof typeof PRESENT]; width: BucketWidth; from: number; to: number },
): Generator<Pairs> {
  // By the primary key. Those of a bucket come as one: to hand over a value for each of many label sets takes longer than
  // to read them. SQLite takes the bytes of a blob for text as they are.
  const buckets = kysely
    .selectFrom('presence')
    .select([
      sql<Uint8Array>`cast(group_concat(counts, '') as blob)`.as('counts'),
      sql<string>`group_concat(length(counts))`.as('lengths'),
    ])
    .where('kind', '=', kind)
    .where('level', '=', levelOf(width, 'labelSet'))
    .where('bucket_start', '>=', from)
    .where('bucket_start', '<', to)
    .where('label_set_id', 'in', calls.labelSets())
    .groupBy('bucket_start')
  for (const { counts, lengths } of calls.read<{ counts: Uint8Array; lengths: string }>(buckets)) {
    let end = 0
    for (const length of lengths.split(',')) {
      const start = end
      end += Number(length)
      yield unpackPairs(counts, start, end)
    }
  }
}

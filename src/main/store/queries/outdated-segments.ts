import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/**
 * How many segments of the text index still have something of texts that are gone. Looks through all segments: one in two
 * thousand calls.
 */
export async function outdatedSegments({ kysely }: { kysely: Kysely<Schema> }): Promise<number> {
  const { count } = await kysely
    .selectFrom('text_segment')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('built_revision', 'is not', null)
    .whereRef('built_revision', '<>', 'revision')
    .executeTakeFirstOrThrow()
  return count
}

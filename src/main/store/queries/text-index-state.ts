import type { OpenDatabase } from '../database.ts'
import { SEGMENT_CALLS, wholeSegments } from '../text-index/segment.ts'

/** How much of the texts can be searched by the index. */
export interface TextIndexState {
  /** Calls there are room for, by their ids: deleted ones count. */
  total: number
  /** Those that are indexed, and the newest, of which there are too few to be worth it. */
  indexed: number
}

/** Looks through all segments: one in two thousand calls. */
export async function textIndexState({ kysely }: OpenDatabase): Promise<TextIndexState> {
  const calls = await kysely
    .selectFrom('app_log')
    .select((eb) => eb.fn.max('id').as('lastId'))
    .executeTakeFirst()
  const segments = await kysely
    .selectFrom('text_segment')
    .select((eb) => eb.fn.countAll<number>().as('built'))
    .whereRef('built_revision', '=', 'revision')
    .executeTakeFirst()
  // Null when there are none.
  const total: number | null = calls?.lastId ?? null
  const missing = wholeSegments(total ?? 0) - (segments?.built ?? 0)
  return { total: total ?? 0, indexed: (total ?? 0) - missing * SEGMENT_CALLS }
}

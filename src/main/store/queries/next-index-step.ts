import type { Kysely } from 'kysely'
import type { OpenDatabase } from '../database.ts'
import type { Schema } from '../schema.ts'
import { SegmentBuilder } from '../text-index/segment-builder.ts'
import { SEGMENT_CALLS, wholeSegments } from '../text-index/segment.ts'
import type { BuiltSegment, IndexStep, PlannedSegment } from '../text-index/text-index.ts'

/** Segments that are planned at once: calls are counted quickly, and their texts need none of it. */
const PLANNED_AT_ONCE = 64

/** Only a thread that makes segments has one. */
let builder: SegmentBuilder | undefined

/**
 * What the text index lacks, as far as one step goes: segments that lost texts first, then the newest.
 *
 * @returns null: nothing.
 */
export function nextIndexStep(database: OpenDatabase): IndexStep | null {
  // One transaction, so that revisions and texts are of the same moment.
  return database.sqlite
    .transaction((): IndexStep | null => {
      const { revision, planned } = planNext(database)
      const next = nextToBuild(database, { revision, planned })
      return next ? { revision, planned, built: build(database, next) } : null
    })
    .deferred()
}

function planNext({ sqlite, kysely }: OpenDatabase): Pick<IndexStep, 'revision' | 'planned'> {
  const state = kysely.selectFrom('text_index_state').select((eb) => [
    'revision',
    eb
      .selectFrom('text_segment')
      .select((segment) => segment.fn.max('number').as('number'))
      .as('lastPlanned'),
    eb
      .selectFrom('app_log')
      .select((call) => call.fn.max('id').as('id'))
      .as('lastId'),
  ])
  type State = { revision: number; lastPlanned: number | null; lastId: number | null }
  const row = sqlite.prepare<[], State>(state.compile().sql).get()
  const first = (row?.lastPlanned ?? -1) + 1
  const count = Math.max(0, Math.min(wholeSegments(row?.lastId ?? 0) - first, PLANNED_AT_ONCE))
  // By the primary key.
  const range = kysely
    .selectFrom('app_log')
    .select((eb) => [
      eb.fn.min<number | null>('started_at').as('minStartedAt'),
      eb.fn.max<number | null>('started_at').as('maxStartedAt'),
    ])
    .where('id', '>=', 0)
    .where('id', '<', 0)
  const read = sqlite.prepare<[number, number], Omit<PlannedSegment, 'number'>>(range.compile().sql)
  const planned = Array.from({ length: count }, (_, index) => {
    const number = first + index
    const times = read.get(number * SEGMENT_CALLS, (number + 1) * SEGMENT_CALLS)
    return { number, minStartedAt: times?.minStartedAt ?? null, maxStartedAt: times?.maxStartedAt ?? null }
  })
  return { revision: row?.revision ?? 0, planned }
}

interface ToBuild {
  number: number
  revision: number
}

function nextToBuild(
  { sqlite, kysely }: OpenDatabase,
  { revision, planned }: Pick<IndexStep, 'revision' | 'planned'>,
): ToBuild | undefined {
  // All segments are looked through: one in two thousand calls.
  const outdated = kysely
    .selectFrom('text_segment')
    .select(['number', 'revision', (eb) => eb('built_revision', 'is', null).as('isNew')])
    .where((eb) => eb('built_revision', 'is distinct from', eb.ref('revision')))
    .orderBy((eb) => eb('built_revision', 'is', null))
    .orderBy('number', 'desc')
    .limit((eb) => eb.lit(1))
  const row = sqlite.prepare<[], ToBuild & { isNew: number }>(outdated.compile().sql).get()
  const newest = planned.at(-1)
  return newest && row?.isNew !== 0 ? { number: newest.number, revision } : row
}

function build({ sqlite, kysely }: OpenDatabase, { number, revision }: ToBuild): BuiltSegment {
  const first = number * SEGMENT_CALLS
  builder ??= new SegmentBuilder()
  builder.begin()
  let minStartedAt: number | null = null
  let maxStartedAt: number | null = null
  const read = sqlite.prepare<[number, number], CallTexts>(textsOf(kysely).compile().sql)
  for (const call of read.iterate(first, first + SEGMENT_CALLS)) {
    const { startedAt } = call
    minStartedAt = Math.min(minStartedAt ?? startedAt, startedAt)
    maxStartedAt = Math.max(maxStartedAt ?? startedAt, startedAt)
    builder.add(call.id - first, [call.prompt, call.response, call.errorMessage])
  }
  return { number, minStartedAt, maxStartedAt, revision, postings: builder.postings() }
}

interface CallTexts {
  id: number
  startedAt: number
  prompt: string | null
  response: string | null
  errorMessage: string | null
}

/** By the primary keys. */
function textsOf(kysely: Kysely<Schema>) {
  return kysely
    .selectFrom('app_log')
    .leftJoin('app_log_body', 'app_log_body.app_log_id', 'app_log.id')
    .select(['app_log.id', 'started_at as startedAt', 'prompt', 'response', 'error_message as errorMessage'])
    .where('app_log.id', '>=', 0)
    .where('app_log.id', '<', 0)
    .orderBy('app_log.id')
}

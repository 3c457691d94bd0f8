import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { OpenDatabase } from '../../../../src/main/store/database.ts'
import { openForWriting } from '../../../../src/main/store/database.ts'
import type { NewFeedback } from '../../../../src/main/store/feedback.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { analyseFeedback } from '../../../../src/main/store/queries/analyse-feedback.ts'
import { commentWords } from '../../../../src/main/store/queries/comment-words.ts'
import { listFeedback } from '../../../../src/main/store/queries/list-feedback.ts'
import type { FeedbackFilter } from '../../../../src/main/store/queries/select-feedback.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { makeCall } from '../make-call.ts'
import { makeFeedback } from '../make-feedback.ts'

/** A database and a way to have it hold no other feedback than this. */
async function openWith(): Promise<{
  database: OpenDatabase
  fill: (feedback: readonly NewFeedback[]) => void
}> {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  await migrateToLatest(database)
  const writers = createWriters(database)
  writers.inserter.insert([
    [makeCall({ requestId: 'shop', app: 'shop', model: 'm1' }), makeCall({ requestId: 'mail', app: 'mail' })],
  ])
  return {
    database,
    fill(feedback) {
      database.sqlite.exec('delete from feedback')
      writers.feedback.insert([[...feedback]])
    },
  }
}

const GIVEN = fc.record({
  requestId: fc.constantFrom('shop', 'mail', 'unknown'),
  rating: fc.integer({ min: 1, max: 5 }),
  comment: fc.constantFrom(null, 'Too slow', 'too SLOW 100%', '回答很慢', 'a_b'),
  type: fc.constantFrom(null, 'quality' as const, 'latency' as const),
  tags: fc.subarray(['a', 'b', '标签']),
  userId: fc.constantFrom(null, 'u1', 'u2'),
  source: fc.constantFrom(null, 'end-user' as const, 'program' as const),
  createdAt: fc.integer({ min: 0, max: 20 }),
})

const FILTER: fc.Arbitrary<FeedbackFilter> = fc.record(
  {
    requestId: fc.constantFrom('shop', 'unknown'),
    userId: fc.constant('u1'),
    from: fc.integer({ min: 0, max: 10 }),
    to: fc.integer({ min: 11, max: 21 }),
    minRating: fc.integer({ min: 1, max: 5 }),
    maxRating: fc.integer({ min: 1, max: 5 }),
    type: fc.constantFrom('' as const, 'latency' as const),
    source: fc.constantFrom('' as const, 'program' as const),
    app: fc.constantFrom('shop', 'mail'),
    model: fc.constantFrom('m1', ''),
    tag: fc.constantFrom('', 'a', '标签'),
    assignee: fc.constant(''),
    q: fc.constantFrom('slow', '慢', '%', '_'),
  },
  { requiredKeys: [] },
)

function passes(one: NewFeedback, filter: FeedbackFilter): boolean {
  const isKnown = one.requestId !== 'unknown'
  const model = one.requestId === 'shop' ? 'm1' : ''
  return (
    (filter.requestId === undefined || one.requestId === filter.requestId) &&
    (filter.userId === undefined || one.userId === filter.userId) &&
    one.createdAt >= (filter.from ?? 0) &&
    one.createdAt < (filter.to ?? Infinity) &&
    one.rating >= (filter.minRating ?? 1) &&
    one.rating <= (filter.maxRating ?? 5) &&
    (filter.type === undefined || (one.type ?? '') === filter.type) &&
    (filter.source === undefined || (one.source ?? '') === filter.source) &&
    (filter.app === undefined || (isKnown && one.requestId === filter.app)) &&
    (filter.model === undefined || (isKnown && model === filter.model)) &&
    (filter.tag === undefined ||
      (filter.tag === '' ? one.tags.length === 0 : one.tags.includes(filter.tag))) &&
    (filter.q === undefined || (one.comment ?? '').toLowerCase().includes(filter.q))
  )
}

describe('feedback that is narrowed down', () => {
  test('is what a plain look at all of it finds, in the list and in the counts', async () => {
    const { database, fill } = await openWith()
    await fc.assert(
      fc.asyncProperty(fc.array(GIVEN, { maxLength: 25 }), FILTER, async (given, filter) => {
        const all = given.map((one, index) => makeFeedback({ id: `f${index}`, ...one }))
        fill(all)
        const wanted = all.filter((one) => passes(one, filter))
        const { items } = await listFeedback(database.kysely, { ...filter, limit: 1000 })
        expect(items.map(({ id }) => id).sort()).toEqual(wanted.map(({ id }) => id).sort())
        const {
          all: counts,
          buckets,
          by,
          isPartial,
        } = analyseFeedback(database, {
          filter,
          starts: [0, 7, 14],
        })
        const rated = (some: readonly NewFeedback[], rating: number) =>
          some.filter((one) => one.rating === rating).length
        expect(isPartial).toBe(false)
        expect(counts).toMatchObject({ rating_1: rated(wanted, 1), rating_5: rated(wanted, 5) })
        expect(buckets.map(({ rating_3 }) => rating_3)).toEqual(
          [0, 7, 14].map((start) =>
            rated(
              wanted.filter(({ createdAt }) => Math.min(14, createdAt - (createdAt % 7)) === start),
              3,
            ),
          ),
        )
        const tagged = by.tag.find(({ key }) => key === 'a')
        expect(tagged?.rating_2 ?? 0).toBe(
          rated(
            wanted.filter(({ tags }) => tags.includes('a')),
            2,
          ),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('is counted as far as is looked through, and says so', async () => {
    const { database, fill } = await openWith()
    fill(Array.from({ length: 10 }, (_, createdAt) => makeFeedback({ createdAt, comment: 'slow' })))
    const request = { filter: {}, starts: [0] }
    expect(analyseFeedback(database, request, 10)).toMatchObject({ isPartial: false, all: { rating_5: 10 } })
    expect(analyseFeedback(database, request, 9)).toMatchObject({ isPartial: true, all: { rating_5: 9 } })
    expect(commentWords(database, request, 9)).toEqual({
      comments: 9,
      isPartial: true,
      words: [{ word: 'slow', count: 9, average: 5 }],
    })
  })
})

import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { NewCall } from '../../../../src/main/store/call.ts'
import type { OpenDatabase } from '../../../../src/main/store/database.ts'
import { openForWriting } from '../../../../src/main/store/database.ts'
import type { NewFeedback } from '../../../../src/main/store/feedback.ts'
import { LABELS } from '../../../../src/main/store/label-sets.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import type { FeedbackStatisticsRequest } from '../../../../src/main/store/queries/feedback-statistics.ts'
import { feedbackStatistics } from '../../../../src/main/store/queries/feedback-statistics.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'
import { anyCall } from '../make-call.ts'
import { makeFeedback } from '../make-feedback.ts'
import { labelOf } from '../reference.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const SPAN = 3 * DAY
/** Data sets lie apart in time, so that one database holds them all. */
const APART = 10 * DAY
const START = Date.UTC(2020, 0, 1)
const DATA_SETS = 300

// Few, so that calls and feedback meet, in any order.
const requestId = fc.nat(7)

/** What happens, in the order it happens. */
type Event =
  | { type: 'calls'; calls: (NewCall & { request: number })[] }
  | { type: 'feedback'; feedback: { request: number; rating: number; createdAt: number }[] }
  | { type: 'again'; index: number }
  | { type: 'change'; index: number; state: 'open' | 'resolved' }
  | { type: 'delete call'; request: number }
  | { type: 'restart' | 'rebuild' }

const call = fc
  .tuple(anyCall({ from: 0, spanMs: SPAN }), requestId)
  .map(([made, request]) => ({ ...made, request }))
const judgement = fc.record({
  request: requestId,
  rating: fc.integer({ min: 1, max: 5 }),
  createdAt: fc.nat(SPAN - 1),
})
const events = fc.array(
  fc.oneof<fc.MaybeWeightedArbitrary<Event>[]>(
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('calls' as const),
        calls: fc.array(call, { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('feedback' as const),
        feedback: fc.array(judgement, { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('change' as const),
        index: fc.nat(9),
        state: fc.constantFrom('open', 'open', 'resolved', 'resolved', 'resolved'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('again' as const), index: fc.nat(9) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('delete call' as const), request: requestId }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('restart' as const, 'rebuild' as const) }) },
  ),
  { minLength: 2, maxLength: 14 },
)

// Sometimes exactly on hours and days, mostly cutting them.
const moment = fc.oneof(
  fc.integer({ min: -HOUR, max: SPAN + HOUR }),
  fc.integer({ min: -1, max: SPAN / HOUR + 1 }).map((hours) => hours * HOUR),
  fc.integer({ min: 0, max: SPAN / DAY }).map((days) => days * DAY),
)
const wanted = (...values: [string, ...string[]]) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...values) },
    { weight: 1, arbitrary: fc.subarray(values) },
  )
const questions = fc.record({
  ends: fc.tuple(moment, moment).filter(([a, b]) => a !== b),
  time: fc.constantFrom('call' as const, 'call' as const, 'arrival' as const),
  labels: fc.oneof(
    fc.constant({}),
    fc.record({ app: wanted('checkout-bot', '客服'), model: wanted('gpt-4o', '') }),
    fc.record({ environment: wanted('production', ''), error_type: wanted('timeout', '_OTHER', '') }),
    fc.record({ app_type: wanted('CHAT', ''), provider: wanted('openai', '') }),
  ),
  userId: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: wanted('u-1', 'u-2', 'nobody') },
  ),
  groupBy: fc.constantFrom<FeedbackStatisticsRequest['groupBy'][]>(
    null,
    null,
    null,
    'user',
    'user',
    ...LABELS,
  ),
})
type Question = typeof questions extends fc.Arbitrary<infer Q> ? Q : never

/** Feedback, with the call that it was tied to. */
interface Judged {
  feedback: NewFeedback
  state: 'open' | 'resolved'
  call: NewCall | null
}

/** The counts by their definition, over plain objects. */
function referenceOf(all: readonly Judged[], request: FeedbackStatisticsRequest) {
  const isWanted = (value: string | null, of: string | readonly string[] | undefined) =>
    of === undefined || (value !== null && [of].flat().includes(value))
  const matching = all.filter(({ feedback, call }) => {
    const t = request.time === 'call' && call ? call.startedAt : feedback.createdAt
    return (
      t >= request.from &&
      t < request.to &&
      LABELS.every((label) => isWanted(call && labelOf(call, label), request.labels[label])) &&
      isWanted(call && call.userId, request.userId)
    )
  })
  const { groupBy } = request
  const groups = Map.groupBy(
    matching.filter(({ call }) => groupBy === null || (call && (groupBy !== 'user' || call.userId !== null))),
    ({ call }) => (groupBy === null || !call ? '' : labelOf(call, groupBy)),
  )
  return [...groups].map(([key, judged]) => {
    const rated = (rating: number) => judged.filter(({ feedback }) => feedback.rating === rating).length
    return {
      key,
      t: request.from,
      rating_1: rated(1),
      rating_2: rated(2),
      rating_3: rated(3),
      rating_4: rated(4),
      rating_5: rated(5),
      resolved: judged.filter(({ state }) => state === 'resolved').length,
    }
  })
}

function rolledUp({ sqlite }: OpenDatabase): unknown[] {
  return sqlite.prepare('select * from feedback_rollup order by 1, 2, 3, 4').all()
}

test(
  `${DATA_SETS} random histories: in whatever order calls and feedback come, the counts agree with a plain calculation`,
  { timeout: 120_000 },
  async () => {
    const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
    onTestFinished(() => void database.sqlite.close())
    // Nothing here is about what survives a power cut.
    database.sqlite.pragma('synchronous = OFF')
    await migrateToLatest(database)
    const deleteCall = database.sqlite.prepare('delete from app_log where request_id = ?')
    let set = 0
    const met = { waited: 0, grouped: 0, byUser: 0, late: 0 }

    const ask = (all: readonly Judged[], start: number, { ends, ...question }: Question) => {
      const request = { ...question, from: start + Math.min(...ends), to: start + Math.max(...ends) }
      const expected = referenceOf(all, request)
      const byKey = (groups: { key: string }[]) => groups.sort((a, b) => (a.key < b.key ? -1 : 1))
      expect(byKey(feedbackStatistics(database, request))).toEqual(byKey(expected))
      if (expected.length > 1) met.grouped += 1
      if (expected.length > 0 && request.groupBy === 'user') met.byUser += 1
      if (expected.length > 0 && request.time === 'arrival') met.late += 1
    }

    fc.assert(
      fc.property(events, fc.array(questions, { minLength: 1, maxLength: 4 }), (happened, asked) => {
        set += 1
        const start = START + set * APART
        const idOf = (request: number) => `${set}-${request}`
        const calls = new Map<string, NewCall>()
        const all: Judged[] = []
        let { inserter, feedback: writer, rebuilder } = createWriters(database)
        for (const event of happened) {
          if (event.type === 'calls') {
            const made = event.calls.map(({ request, ...one }) => ({
              ...one,
              requestId: idOf(request),
              startedAt: start + one.startedAt,
            }))
            inserter.insert([made])
            for (const one of made) {
              if (calls.has(one.requestId)) continue
              calls.set(one.requestId, one)
              const waiting = all.filter(
                ({ feedback, call: known }) => known === null && feedback.requestId === one.requestId,
              )
              for (const judged of waiting) judged.call = one
              met.waited += waiting.length
            }
          } else if (event.type === 'feedback') {
            const made = event.feedback.map(({ request, rating, createdAt }) =>
              makeFeedback({ requestId: idOf(request), rating, createdAt: start + createdAt }),
            )
            writer.insert([made])
            for (const feedback of made)
              all.push({ feedback, state: 'open', call: calls.get(feedback.requestId) ?? null })
          } else if (event.type === 'again') {
            const judged = all[event.index]
            if (judged) writer.insert([[{ ...judged.feedback, rating: 3 }]])
          } else if (event.type === 'change') {
            const judged = all[event.index]
            if (!judged) continue
            writer.change({ id: judged.feedback.id, state: event.state, changedAt: start })
            judged.state = event.state
          } else if (event.type === 'delete call') {
            deleteCall.run(idOf(event.request))
            calls.delete(idOf(event.request))
          } else if (event.type === 'restart') {
            ;({ inserter, feedback: writer, rebuilder } = createWriters(database))
          } else {
            for (let day = 0; day < SPAN / DAY; day += 1) rebuilder.rebuildDay(start + day * DAY)
          }
        }
        for (const question of asked) ask(all, start, question)
      }),
      { numRuns: DATA_SETS },
    )
    // Each of them happened now and then; how often is up to chance.
    expect(Math.min(...Object.values(met))).toBeGreaterThan(0)

    const kept = rolledUp(database)
    const { rebuilder } = createWriters(database)
    const days = database.sqlite.prepare<[], number>(
      'select distinct bucket_start from feedback_rollup where level = 2',
    )
    for (const day of days.pluck().all()) rebuilder.rebuildDay(day)
    expect(rolledUp(database)).toEqual(kept)
  },
)

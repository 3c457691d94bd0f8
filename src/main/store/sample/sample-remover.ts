import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { CountableFeedback, FeedbackRollup } from '../feedback-rollup.ts'
import { COUNTABLE_COLUMNS } from '../feedback-rollup.ts'
import type { Schema } from '../schema.ts'

export interface SampleFeedback {
  prefix: string
  /** What the request ids of its calls look like. */
  pattern: RegExp
  limit: number
}

/** Takes out what came with sample data besides calls. Of the writer thread only. */
export class SampleRemover {
  readonly #removeFeedback: SqliteDatabase.Transaction<(wanted: SampleFeedback) => number>
  readonly #removeRecords: SqliteDatabase.Transaction<(ids: readonly string[]) => void>

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>, feedbackRollup: FeedbackRollup) {
    const statements = prepareStatements(sqlite, kysely)
    this.#removeFeedback = sqlite.transaction(({ prefix, pattern, limit }) => {
      const all = statements.feedback.all(prefix, `${prefix}\u{10ffff}`, limit)
      const removed = all.filter(({ requestId }) => pattern.test(requestId))
      for (const { seq, requestId: _, ...feedback } of removed) {
        feedbackRollup.add(feedback, -1)
        statements.deleteFeedback.run(seq)
      }
      return removed.length
    })
    this.#removeRecords = sqlite.transaction((ids) => {
      for (const id of ids) {
        const deliveries = statements.deliveries.all(id)
        statements.deleteLinks.run(id)
        // One that speaks of others, too, stays.
        for (const { id: delivery } of deliveries)
          if (statements.links.get(delivery, 1) === undefined) statements.deleteDelivery.run(delivery)
        statements.deletePoints.run(id)
        statements.deleteRecord.run(id)
      }
    })
  }

  /** Deletes feedback on sample calls. @returns how many pieces; none at the end. */
  removeFeedback(wanted: SampleFeedback): number {
    return this.#removeFeedback.immediate(wanted)
  }

  /** Deletes records of alerts, with what was sent of them alone. */
  removeRecords(ids: readonly string[]): void {
    this.#removeRecords.immediate(ids)
  }
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  // By feedback_request.
  const feedback = kysely
    .selectFrom('feedback')
    .select(['seq', 'request_id as requestId', ...COUNTABLE_COLUMNS])
    .where('request_id', '>=', '')
    .where('request_id', '<', '')
    .limit(0)
  // The rest by primary keys; links are few.
  const deliveries = kysely
    .selectFrom('alert_delivery_record')
    .select('delivery_id as id')
    .where('record_id', '=', '')
  const links = kysely
    .selectFrom('alert_delivery_record')
    .select('record_id as id')
    .where('delivery_id', '=', '')
    .limit(1)
  const run = (sql: string) => sqlite.prepare<[string]>(sql)
  return {
    feedback: sqlite.prepare<
      [string, string, number],
      CountableFeedback & { seq: number; requestId: string }
    >(feedback.compile().sql),
    deleteFeedback: sqlite.prepare<[number]>(
      kysely.deleteFrom('feedback').where('seq', '=', 0).compile().sql,
    ),
    deliveries: sqlite.prepare<[string], { id: string }>(deliveries.compile().sql),
    links: sqlite.prepare<[string, number], { id: string }>(links.compile().sql),
    deleteLinks: run(kysely.deleteFrom('alert_delivery_record').where('record_id', '=', '').compile().sql),
    deleteDelivery: run(kysely.deleteFrom('alert_delivery').where('id', '=', '').compile().sql),
    deletePoints: run(kysely.deleteFrom('alert_record_point').where('record_id', '=', '').compile().sql),
    deleteRecord: run(kysely.deleteFrom('alert_record').where('id', '=', '').compile().sql),
  }
}

import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { LIMITS } from '#shared/limits.ts'
import type { CallDeleter } from '../delete-calls.ts'
import type { CountableFeedback, FeedbackRollup } from '../feedback-rollup.ts'
import { COUNTABLE_COLUMNS } from '../feedback-rollup.ts'
import type { Schema } from '../schema.ts'

/** Calls that are to be gone without a trace. */
export interface CallsToForget {
  /** `app_log.id` */
  ids: readonly number[]
  /** Keyed hashes of what is to stay forgotten, wherever it is kept still. */
  digests: readonly string[]
  /** epoch ms */
  forgottenAt: number
}

/** The columns of JSON text that a user's name may stand in, by table: labels, and rules as they were. */
const NAMED_IN = [
  ['alert_record', 'id', 'labels'],
  ['alert_record', 'id', 'rule'],
  ['alert_delivery', 'id', 'payload'],
] as const

/** A shorter name is replaced where it stands alone only: it may be a part of any word. */
const LEAST_WITHIN_TEXT = 4
/** How long the writer waits for readers to let go of the log, before others have their turn. */
const CHECKPOINT_WAIT_MS = 100

/** Deletes so that nothing is left in the files. Of the writer thread only. */
export class Forgetter {
  readonly #sqlite: SqliteDatabase.Database
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #deleter: CallDeleter
  readonly #feedbackRollup: FeedbackRollup
  readonly #forgetFeedback: SqliteDatabase.Transaction<(userId: string, limit: number) => number>
  readonly #note: SqliteDatabase.Transaction<(digests: readonly string[], forgottenAt: number) => void>
  readonly #forgetName: SqliteDatabase.Transaction<(name: string, standIn: string) => void>

  constructor(
    sqlite: SqliteDatabase.Database,
    kysely: Kysely<Schema>,
    { deleter, feedbackRollup }: { deleter: CallDeleter; feedbackRollup: FeedbackRollup },
  ) {
    this.#sqlite = sqlite
    this.#statements = prepareStatements(sqlite, kysely)
    this.#deleter = deleter
    this.#feedbackRollup = feedbackRollup
    this.#forgetFeedback = sqlite.transaction((userId, limit) => this.#deleteFeedback(userId, limit))
    this.#note = sqlite.transaction((digests, forgottenAt) => {
      for (const digest of digests) this.#statements.note.run(digest, forgottenAt)
    })
    this.#forgetName = sqlite.transaction((name, standIn) => this.#replaceName(name, standIn))
  }

  /** @returns how many calls there were. */
  forgetCalls({ ids, digests, forgottenAt }: CallsToForget): number {
    // First, so that nothing is restored that was to be deleted and was not.
    if (digests.length > 0) this.#note.immediate(digests, forgottenAt)
    return ids.length === 0 ? 0 : this.#deleter.delete(ids, true)
  }

  /** Deletes feedback of a user, and feedback on their calls. @returns how many pieces, less than the limit at the end. */
  forgetFeedback({ userId, limit }: { userId: string; limit: number }): number {
    return this.#forgetFeedback.immediate(userId, limit)
  }

  /** Puts something else in the place of a user's name in what is kept of alerts, and of those who review. */
  forgetName({ name, standIn }: { name: string; standIn: string }): void {
    this.#forgetName.immediate(name, standIn)
  }

  /**
   * Writes a small database anew. SQLite may have left copies of rows where they lay before others were deleted beside
   * them; in a large database that is for its owner to do, by compacting it: it takes minutes, and ingest waits.
   */
  rewriteSmall(): void {
    const bytes = this.#number('page_count') * this.#number('page_size')
    if (bytes <= LIMITS.rewrittenBytes) this.#sqlite.exec('vacuum')
  }

  #number(pragma: string): number {
    return Number(this.#sqlite.pragma(pragma, { simple: true }))
  }

  /** Empties the write-ahead log into the database. @returns whether it did: readers may still need it. */
  emptyLog(): boolean {
    const timeout = this.#number('busy_timeout')
    this.#sqlite.pragma(`busy_timeout = ${CHECKPOINT_WAIT_MS}`)
    try {
      const [result] = this.#sqlite.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
      return result?.busy === 0
    } finally {
      this.#sqlite.pragma(`busy_timeout = ${timeout}`)
    }
  }

  #deleteFeedback(userId: string, limit: number): number {
    const all = this.#statements.feedback.all(userId, userId, limit)
    for (const { seq, ...feedback } of all) {
      this.#feedbackRollup.add(feedback, -1)
      this.#statements.deleteFeedback.run(seq)
    }
    return all.length
  }

  #replaceName(name: string, standIn: string): void {
    // What is left of it is counted of calls that are gone because of their age.
    this.#statements.rename.run(standIn, name)
    this.#statements.deleteReviewer.run(name)
    this.#statements.unassign.run(name)
    // As it stands within JSON text.
    const written = JSON.stringify(name).slice(1, -1)
    for (const { find, update } of this.#statements.named) {
      for (const { id, value } of find.all(written)) {
        const replaced: unknown = JSON.parse(value, (_key, text: unknown) =>
          typeof text === 'string' ? withoutName(text, name, standIn) : text,
        )
        update.run(JSON.stringify(replaced), id)
      }
    }
  }
}

function withoutName(text: string, name: string, standIn: string): string {
  if (text === name) return standIn
  return name.length < LEAST_WITHIN_TEXT ? text : text.replaceAll(name, () => standIn)
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  const note = kysely
    .insertInto('forgotten')
    .values({ digest: '', forgotten_at: 0 })
    .onConflict((conflict) =>
      conflict.column('digest').doUpdateSet((eb) => ({ forgotten_at: eb.ref('excluded.forgotten_at') })),
    )
  // By feedback_user and feedback_call_user.
  const feedback = kysely
    .selectFrom('feedback')
    .select(['seq', ...COUNTABLE_COLUMNS])
    .where((eb) => eb.or([eb('user_id', '=', ''), eb('call_user_id', '=', '')]))
    .limit(0)
  const deleteFeedback = kysely.deleteFrom('feedback').where('seq', '=', 0)
  // Alerts are few.
  const named = NAMED_IN.map(([table, key, column]) => ({
    find: sqlite.prepare<[string], { id: string; value: string }>(
      sql`select ${sql.ref(key)} as id, ${sql.ref(column)} as value from ${sql.table(table)}
        where instr(${sql.ref(column)}, ${''}) > 0`.compile(kysely).sql,
    ),
    update: sqlite.prepare<[string, string]>(
      sql`update ${sql.table(table)} set ${sql.ref(column)} = ${''} where ${sql.ref(key)} = ${''}`.compile(
        kysely,
      ).sql,
    ),
  }))
  // By the unique index on the name.
  const rename = sql`update ${sql.table('user')} set name = ${''} || ' ' || id where name = ${''}`
  const deleteReviewer = kysely.deleteFrom('reviewer').where('name', '=', '')
  // By feedback_assignee.
  const unassign = sql`update ${sql.table('feedback')} set assignee = null where assignee = ${''}`
  return {
    deleteReviewer: sqlite.prepare<[string]>(deleteReviewer.compile().sql),
    unassign: sqlite.prepare<[string]>(unassign.compile(kysely).sql),
    rename: sqlite.prepare<[string, string]>(rename.compile(kysely).sql),
    note: sqlite.prepare<[string, number]>(note.compile().sql),
    feedback: sqlite.prepare<[string, string, number], CountableFeedback & { seq: number }>(
      feedback.compile().sql,
    ),
    deleteFeedback: sqlite.prepare<[number]>(deleteFeedback.compile().sql),
    named,
  }
}

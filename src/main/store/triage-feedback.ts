import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { LIMITS } from '#shared/limits.ts'
import type {
  OwnFeedbackChange,
  OwnFeedbackProblem,
  RestoredState,
  TriageOutcome,
  TriageRequest,
  TriageState,
} from './feedback.ts'
import type { CountableFeedback, FeedbackRollup } from './feedback-rollup.ts'
import { COUNTABLE_COLUMNS } from './feedback-rollup.ts'
import type { Schema } from './schema.ts'
import { storedTexts } from './stored-json.ts'

type Found = CountableFeedback & {
  seq: number
  id: string
  resolvedAt: number | null
  note: string | null
  tags: string | null
  assignee: string | null
  isOwn: number
}

/** Changes feedback as people work on it; its counts follow in the same transaction. Of the writer thread only. */
export class FeedbackTriage {
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #rollup: FeedbackRollup
  readonly #triage: SqliteDatabase.Transaction<(request: TriageRequest) => TriageOutcome>
  readonly #restore: SqliteDatabase.Transaction<(items: readonly RestoredState[]) => void>
  readonly #update: SqliteDatabase.Transaction<(change: OwnFeedbackChange) => OwnFeedbackProblem | null>
  readonly #remove: SqliteDatabase.Transaction<(id: string) => OwnFeedbackProblem | null>

  constructor(
    sqlite: SqliteDatabase.Database,
    kysely: Kysely<Schema>,
    { feedbackRollup }: { feedbackRollup: FeedbackRollup },
  ) {
    this.#statements = prepareStatements(sqlite, kysely)
    this.#rollup = feedbackRollup
    this.#triage = sqlite.transaction((request) => this.#applyToAll(request))
    this.#restore = sqlite.transaction((items) => {
      for (const item of items) {
        const found = this.#statements.find.get(item.id)
        if (found) this.#write(found, restored(stateOf(found), item))
      }
    })
    this.#update = sqlite.transaction((change) => this.#applyOwn(change))
    this.#remove = sqlite.transaction((id) => this.#removeOwn(id))
  }

  triage(request: TriageRequest): TriageOutcome {
    return this.#triage.immediate(request)
  }

  /** Brings feedback back to what it was; what is not there any more stays away. */
  restore(items: readonly RestoredState[]): void {
    this.#restore.immediate(items)
  }

  /** @returns why it was not changed, or null. */
  update(change: OwnFeedbackChange): OwnFeedbackProblem | null {
    return this.#update.immediate(change)
  }

  remove(id: string): OwnFeedbackProblem | null {
    return this.#remove.immediate(id)
  }

  /** Has a name suggested when the next reviewer is asked for. */
  remember(name: string, usedAt: number): void {
    this.#statements.remember.run(name, usedAt)
    this.#statements.forget.run(LIMITS.reviewers)
  }

  #applyToAll(request: TriageRequest): TriageOutcome {
    const { ids, assignee, changedAt } = request
    const outcome: TriageOutcome = { before: [], notFound: [], tooManyTags: [] }
    for (const id of new Set(ids)) {
      const found = this.#statements.find.get(id)
      if (!found) {
        outcome.notFound.push(id)
        continue
      }
      const before = stateOf(found)
      const after = changed(before, request)
      if (after.tags.length > LIMITS.tagsPerCall && after.tags.length > before.tags.length) {
        outcome.tooManyTags.push(id)
        continue
      }
      if (isSame(before, after)) continue
      this.#write(found, after)
      outcome.before.push(before)
    }
    if (assignee) this.remember(assignee, changedAt)
    return outcome
  }

  #write(found: Found, { state, resolvedAt, note, tags, assignee }: TriageState): void {
    this.#statements.update.run(state, resolvedAt, note, textOf(tags), assignee, found.seq)
    this.#count(found, { ...found, state })
  }

  #applyOwn({ id, rating, comment, type, tags, userId, changedAt }: OwnFeedbackChange) {
    const found = this.#statements.find.get(id)
    if (!found) return 'not-found'
    if (found.isOwn === 0) return 'not-own'
    this.#statements.updateOwn.run(rating, comment, type, textOf(tags), userId, found.seq)
    this.#count(found, { ...found, rating })
    if (userId !== null) this.remember(userId, changedAt)
    return null
  }

  #removeOwn(id: string): OwnFeedbackProblem | null {
    const found = this.#statements.find.get(id)
    if (!found) return 'not-found'
    if (found.isOwn === 0) return 'not-own'
    this.#statements.remove.run(found.seq)
    this.#rollup.add(found, -1)
    return null
  }

  #count(before: CountableFeedback, after: CountableFeedback): void {
    if (before.state === after.state && before.rating === after.rating) return
    this.#rollup.add(before, -1)
    this.#rollup.add(after)
  }
}

function stateOf({ id, state, resolvedAt, note, tags, assignee }: Found): TriageState {
  const list = tags === null ? [] : storedTexts(tags)
  return { id, state, resolvedAt, note, tags: list, assignee }
}

function changed(before: TriageState, request: TriageRequest): TriageState {
  const { state = before.state, note = before.note, addTags = [], removeTags = [], changedAt } = request
  const { assignee = before.assignee } = request
  const resolvedAt = state === 'open' ? null : (before.resolvedAt ?? changedAt)
  const tags = [...new Set([...before.tags, ...addTags])].filter((tag) => !removeTags.includes(tag))
  return { id: before.id, state, resolvedAt, note, tags, assignee }
}

/** @returns the state with what is to be as it was before. */
function restored(now: TriageState, before: RestoredState): TriageState {
  const { state = now.state, resolvedAt = now.resolvedAt, note = now.note } = before
  const { tags = now.tags, assignee = now.assignee } = before
  return { id: now.id, state, resolvedAt, note, tags, assignee }
}

function isSame(before: TriageState, after: TriageState): boolean {
  return (
    before.state === after.state &&
    before.note === after.note &&
    before.assignee === after.assignee &&
    textOf(before.tags) === textOf(after.tags)
  )
}

function textOf(tags: readonly string[]): string | null {
  return tags.length === 0 ? null : JSON.stringify(tags)
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  // By the unique index on id.
  const find = kysely
    .selectFrom('feedback')
    .select([
      'seq',
      'id',
      'resolved_at as resolvedAt',
      'note',
      'tags',
      'assignee',
      'is_own as isOwn',
      ...COUNTABLE_COLUMNS,
    ])
    .where('id', '=', '')
  const update = kysely
    .updateTable('feedback')
    .set({ state: 'open', resolved_at: 0, note: '', tags: '', assignee: '' })
    .where('seq', '=', 0)
  const updateOwn = kysely
    .updateTable('feedback')
    .set({ rating: 1, comment: '', type: null, tags: '', user_id: '' })
    .where('seq', '=', 0)
  const remove = kysely.deleteFrom('feedback').where('seq', '=', 0)
  const remember = kysely
    .insertInto('reviewer')
    .values({ name: '', used_at: 0 })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ used_at: (eb) => eb.ref('excluded.used_at') }),
    )
  // There are few.
  const forget = kysely
    .deleteFrom('reviewer')
    .where(
      'name',
      'in',
      kysely.selectFrom('reviewer').select('name').orderBy('used_at', 'desc').limit(sql.lit(-1)).offset(0),
    )
  type Text = string | null
  return {
    find: sqlite.prepare<[string], Found>(find.compile().sql),
    update: sqlite.prepare<[string, number | null, Text, Text, Text, number]>(update.compile().sql),
    updateOwn: sqlite.prepare<[number, Text, Text, Text, Text, number]>(updateOwn.compile().sql),
    remove: sqlite.prepare<[number]>(remove.compile().sql),
    remember: sqlite.prepare<[string, number]>(remember.compile().sql),
    forget: sqlite.prepare<[number]>(forget.compile().sql),
  }
}

import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import type { NewCall } from './call.ts'
import type { Schema } from './schema.ts'

/** The labels that calls are counted by, in the order of the columns. */
export const LABELS = ['app', 'app_type', 'provider', 'model', 'environment', 'error_type'] as const
export type Label = (typeof LABELS)[number]

/** The error type of a failed call that names none: OpenTelemetry's word for it. */
export const UNNAMED_ERROR_TYPE = '_OTHER'

export type Labelled = Pick<
  NewCall,
  'app' | 'appType' | 'provider' | 'model' | 'requestModel' | 'environment' | 'status' | 'errorType'
>

/** A call's value of each label; an absent one is ''. */
function labelsOf(call: Labelled): Record<Label, string> {
  return {
    app: call.app,
    app_type: call.appType ?? '',
    provider: call.provider ?? '',
    model: call.model ?? call.requestModel ?? '',
    environment: call.environment ?? '',
    error_type: call.status === 'ok' ? '' : (call.errorType ?? UNNAMED_ERROR_TYPE),
  }
}

/** Finds the number of a combination of labels, and makes one for a new combination. Used by the writer thread only. */
export class LabelSets {
  readonly #insert: SqliteDatabase.Statement
  readonly #find: SqliteDatabase.Statement<string[], { id: number }>
  readonly #ids = new Map<string, number>()

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    const labels = { app: '', app_type: '', provider: '', model: '', environment: '', error_type: '' }
    const insert = kysely
      .insertInto('label_set')
      .values(labels)
      .onConflict((conflict) => conflict.doNothing())
    // By label_set_unique.
    const find = LABELS.reduce(
      (query, label) => query.where(label, '=', ''),
      kysely.selectFrom('label_set').select('id'),
    )
    this.#insert = sqlite.prepare(insert.compile().sql)
    this.#find = sqlite.prepare(find.compile().sql)
  }

  idOf(call: Labelled): number {
    const labels = Object.values(labelsOf(call))
    const key = JSON.stringify(labels)
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    this.#insert.run(...labels)
    const { id } = this.#find.get(...labels) ?? {}
    if (id === undefined) throw new Error('a label set that was just inserted is missing')
    this.#ids.set(key, id)
    return id
  }

  /** Forgets what it knows: a transaction that made label sets was rolled back. */
  forget(): void {
    this.#ids.clear()
  }
}

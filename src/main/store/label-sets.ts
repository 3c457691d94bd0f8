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

/**
 * Under which label set a call is counted among those of its label set, and among those with the same value of one label:
 * there the first label set with the value stands for all that have it.
 */
export type LabelPlaces = Record<Label | 'labelSet', number>

/** Finds the number of a combination of labels, and makes one for a new combination. Used by the writer thread only. */
export class LabelSets {
  readonly #insert: SqliteDatabase.Statement
  readonly #all: SqliteDatabase.Statement<[], Record<Label, string> & { id: number }>
  /** By the values of all labels; null: to be read. */
  #places: Map<string, LabelPlaces> | null = null
  /** The first label set with a value, by label and value. */
  readonly #firsts = new Map<string, number>()

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    const labels = { app: '', app_type: '', provider: '', model: '', environment: '', error_type: '' }
    this.#insert = sqlite.prepare(kysely.insertInto('label_set').values(labels).compile().sql)
    // By the primary key.
    const all = kysely
      .selectFrom('label_set')
      .select(['id', ...LABELS])
      .orderBy('id')
    this.#all = sqlite.prepare(all.compile().sql)
  }

  idOf(call: Labelled): number {
    return this.placesOf(call).labelSet
  }

  placesOf(call: Labelled): LabelPlaces {
    const labels = labelsOf(call)
    const known = this.#known().get(keyOf(labels))
    if (known) return known
    const { lastInsertRowid } = this.#insert.run(...Object.values(labels))
    return this.#remember(Number(lastInsertRowid), labels)
  }

  /** Forgets what it knows: a transaction that made label sets was rolled back. */
  forget(): void {
    this.#places = null
    this.#firsts.clear()
  }

  #known(): Map<string, LabelPlaces> {
    if (this.#places) return this.#places
    this.#places = new Map()
    for (const { id, ...labels } of this.#all.all()) this.#remember(id, labels)
    return this.#places
  }

  #remember(id: number, labels: Record<Label, string>): LabelPlaces {
    const first = (label: Label) => {
      const key = `${label}/${labels[label]}`
      const known = this.#firsts.get(key)
      if (known === undefined) this.#firsts.set(key, id)
      return known ?? id
    }
    const places = {
      labelSet: id,
      app: first('app'),
      app_type: first('app_type'),
      provider: first('provider'),
      model: first('model'),
      environment: first('environment'),
      error_type: first('error_type'),
    }
    this.#places?.set(keyOf(labels), places)
    return places
  }
}

function keyOf(labels: Record<Label, string>): string {
  return JSON.stringify(LABELS.map((label) => labels[label]))
}

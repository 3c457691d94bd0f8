import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Schema } from '../schema.ts'
import type { GoneCalls } from './gone-calls.ts'

type RunRow = Schema['retention_run']

/** A change of what is known of runs, and of days that were gone through. */
export type RetentionNote =
  | { type: 'start'; reason: RunRow['reason']; at: number }
  | { type: 'progress'; id: number; result: string; pendingArchive: string | null }
  | { type: 'end'; id: number; state: RunRow['state']; at: number; result: string }
  | { type: 'mark'; dayStart: number; kind: 'bodies' | 'calls'; scope: string }
  | { type: 'pending'; id: number; pendingArchive: string | null }
  | { type: 'unmark'; dayStart: number }
  | { type: 'clear-marks' }
  | { type: 'keep-days'; dayStarts: number[]; until: number }

/** How many runs are remembered. */
const RUNS_KEPT = 500
/** Rows of alerts that one transaction deletes. */
const ALERTS_CHUNK = 500

/** Notes what retention does, and deletes old alert records and notifications. Of the writer thread only. */
export class RetentionBook {
  readonly #gone: GoneCalls
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #pruneAlerts: SqliteDatabase.Transaction<(before: number) => PrunedAlerts>

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>, gone: GoneCalls) {
    this.#gone = gone
    const statements = (this.#statements = prepareStatements(sqlite, kysely))
    this.#pruneAlerts = sqlite.transaction((before) => {
      const records = statements.oldRecords.all(before, ALERTS_CHUNK)
      for (const { id } of records) {
        statements.deleteLinks.run(id)
        statements.deleteRecord.run(id)
      }
      const deliveries = statements.oldDeliveries.all(before, ALERTS_CHUNK)
      for (const { id } of deliveries) statements.deleteDelivery.run(id)
      return {
        records: records.length,
        deliveries: deliveries.length,
        hasMore: records.length === ALERTS_CHUNK || deliveries.length === ALERTS_CHUNK,
      }
    })
  }

  /** @returns the id of a run that starts, else that of the one that is noted, 0 for days. */
  note(note: RetentionNote): number {
    const { startRun, progress, endRun, forgetRuns, keepDay, unkeep } = this.#statements
    switch (note.type) {
      case 'start': {
        const id = Number(startRun.run(note.reason, note.at).lastInsertRowid)
        forgetRuns.run(id - RUNS_KEPT)
        return id
      }
      case 'progress':
        progress.run(note.result, note.pendingArchive, note.id)
        return note.id
      case 'end':
        endRun.run(note.state, note.at, note.result, note.id)
        return note.id
      case 'mark':
        this.#gone.mark(note.dayStart, note.kind, note.scope)
        return 0
      case 'pending':
        this.#statements.pending.run(note.pendingArchive, note.id)
        return note.id
      case 'unmark':
        this.#gone.unmark(note.dayStart)
        return 0
      case 'clear-marks':
        this.#gone.clearMarks()
        return 0
      case 'keep-days':
        for (const day of note.dayStarts) keepDay.run(day, note.until)
        unkeep.run(note.until - FORGOTTEN_AFTER_MS)
        return 0
    }
  }

  /** Deletes the oldest records of episodes that are over, and notifications that are done with. */
  pruneAlerts(before: number): PrunedAlerts {
    return this.#pruneAlerts.immediate(before)
  }
}

export interface PrunedAlerts {
  records: number
  deliveries: number
  hasMore: boolean
}

const FORGOTTEN_AFTER_MS = 366 * 24 * 3_600_000

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  // By the primary keys.
  const progress = kysely
    .updateTable('retention_run')
    .set({ result: '', pending_archive: '' })
    .where('id', '=', 0)
  const endRun = kysely
    .updateTable('retention_run')
    .set({ state: 'done', ended_at: 0, result: '' })
    .where('id', '=', 0)
  const keepDay = kysely
    .insertInto('kept_day')
    .values({ day_start: 0, until: 0 })
    .onConflict((conflict) =>
      conflict.column('day_start').doUpdateSet((eb) => ({ until: eb.ref('excluded.until') })),
    )
  // By alert_record_started.
  const oldRecords = kysely
    .selectFrom('alert_record')
    .select('id')
    .where('started_at', '<', 0)
    .where('resolved_at', 'is not', null)
    .orderBy('started_at')
    .limit(0)
  // By alert_delivery_created.
  const oldDeliveries = kysely
    .selectFrom('alert_delivery')
    .select('id')
    .where('created_at', '<', 0)
    .where(sql<boolean>`status in ('sent', 'dead', 'suppressed')`)
    .orderBy('created_at')
    .limit(0)
  return {
    startRun: sqlite.prepare<[string, number]>(
      "insert into retention_run (reason, state, started_at, result) values (?, 'running', ?, '{}')",
    ),
    progress: sqlite.prepare<[string, string | null, number]>(progress.compile().sql),
    pending: sqlite.prepare<[string | null, number]>(
      kysely.updateTable('retention_run').set({ pending_archive: '' }).where('id', '=', 0).compile().sql,
    ),
    endRun: sqlite.prepare<[string, number, string, number]>(endRun.compile().sql),
    forgetRuns: sqlite.prepare<[number]>(
      kysely.deleteFrom('retention_run').where('id', '<=', 0).compile().sql,
    ),
    keepDay: sqlite.prepare<[number, number]>(keepDay.compile().sql),
    unkeep: sqlite.prepare<[number]>(kysely.deleteFrom('kept_day').where('until', '<', 0).compile().sql),
    oldRecords: sqlite.prepare<[number, number], { id: string }>(oldRecords.compile().sql),
    oldDeliveries: sqlite.prepare<[number, number], { id: string }>(oldDeliveries.compile().sql),
    deleteLinks: sqlite.prepare<[string]>(
      kysely.deleteFrom('alert_delivery_record').where('record_id', '=', '').compile().sql,
    ),
    deleteRecord: sqlite.prepare<[string]>(
      kysely.deleteFrom('alert_record').where('id', '=', '').compile().sql,
    ),
    deleteDelivery: sqlite.prepare<[string]>(
      kysely.deleteFrom('alert_delivery').where('id', '=', '').compile().sql,
    ),
  }
}

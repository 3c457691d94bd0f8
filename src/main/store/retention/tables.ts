import type { Generated } from 'kysely'

/** A day (UTC) some of whose calls were deleted because of their age. What was counted of them stays. */
interface FrozenDayTable {
  day_start: number
  /** How many calls and steps of traces are gone: rows of `gone_request`. */
  gone: number
  /** Those of them that are counted as calls. */
  gone_calls: number
}

/** Request ids of calls that are gone and still counted, by a digest that is told apart within a day. */
interface GoneRequestTable {
  day_start: number
  digest: number
}

/** Days whose calls were restored, and are left alone for a while. */
interface KeptDayTable {
  day_start: number
  /** epoch ms */
  until: number
}

/** Days that hold nothing more to delete. A call that comes later takes the mark away. */
interface RetentionMarkTable {
  day_start: number
  kind: 'bodies' | 'calls'
  /** An app with limits of its own; '': all others. */
  scope: string
}

interface RetentionRunTable {
  id: Generated<number>
  reason: 'nightly' | 'hand'
  state: 'running' | 'done' | 'cancelled' | 'failed' | 'interrupted'
  started_at: number
  ended_at: number | null
  /** JSON text */
  result: string
  /** The archive whose calls are being deleted. */
  pending_archive: string | null
}

/** The tables of retention. Times are epoch ms. */
export interface RetentionTables {
  frozen_day: FrozenDayTable
  gone_request: GoneRequestTable
  kept_day: KeptDayTable
  retention_mark: RetentionMarkTable
  retention_run: RetentionRunTable
}

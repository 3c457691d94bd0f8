import type { HourCell } from './hour-cells.ts'
import type { StoredCall } from './stored-call.ts'

/** Tables that would cost ingest too much if they were written with each commit. */
export interface FollowingTables {
  /** Counts a call. `flush` writes it. */
  add(call: StoredCall, cell: HourCell): void
  /** Takes a call back as it was counted. */
  subtract(call: StoredCall, cell: HourCell): void
  /** Writes what was counted since the last call; to be called inside the transaction. */
  flush(): void
  /** Forgets what was counted and what it knows of the tables: the transaction was rolled back. */
  discard(): void
  /** Empties what is of a range of time, epoch ms, `[from, to)`, of whole days (UTC). */
  clear(from: number, to: number): void
}

/** Tables that say where calls are: what they hold of a call goes with its row, while what was counted of it stays. */
export interface PlaceTables extends FollowingTables {
  /** The row of a call goes. */
  expire(call: StoredCall, cell: HourCell): void
  /** It has come back. */
  restore(call: StoredCall, cell: HourCell): void
}

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
  clear(): void
}

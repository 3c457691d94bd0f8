import type { OpenDatabase } from '../database.ts'

/** Writes the database anew without what is free in it. Killed at any time, it is the old one or the new one. */
export function compactDatabase({ sqlite }: OpenDatabase): void {
  sqlite.exec('vacuum')
  // What was written anew is in the log; readers that still read the old pages put this off.
  sqlite.pragma('wal_checkpoint(TRUNCATE)')
}

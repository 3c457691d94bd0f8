import { closeSync, openSync } from 'node:fs'

/**
 * Creates an empty file that only its owner may read, unless it is there already: SQLite would create it readable for
 * all. A database's log and index files take over its permissions.
 */
export function createPrivately(file: string): void {
  try {
    // Never opened when it exists: closing it would drop the locks that this process holds on it (POSIX, fcntl).
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

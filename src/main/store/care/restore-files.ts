import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DatabaseOptions } from '../database.ts'

/** In the data folder, while a backup is to be put in the place of the database. */
export const REQUEST_FILE = 'restore.json'

export function isRestoreRequested(options: DatabaseOptions): boolean {
  return existsSync(join(dirname(options.file), REQUEST_FILE))
}

import { dirname, join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { ConsoleError } from '#shared/errors.ts'
import type { DatabaseOptions } from './database.ts'
import { binding } from './database.ts'

/**
 * Makes sure that one process at a time writes to a data folder. The lock is an exclusive transaction on a tiny
 * database beside the real one: the operating system frees it when the process ends, however it ends.
 *
 * @returns a function that lets go of the folder.
 * @throws ConsoleError `data-dir-in-use` if another process holds it.
 */
export function holdDataFolder(options: DatabaseOptions): () => void {
  const folder = dirname(options.file)
  const lock = new SqliteDatabase(join(folder, 'console.lock'), { ...binding(options), timeout: 0 })
  try {
    // Without a journal file there is nothing left behind to recover after a kill.
    lock.pragma('journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    throw new ConsoleError(
      'data-dir-in-use',
      `Another LLMOps Console uses the data folder ${folder}. Close it, or start with another --data-dir.`,
      { cause: error },
    )
  }
  return () => lock.close()
}

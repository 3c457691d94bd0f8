import { dirname, join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { ConsoleError } from '#shared/errors.ts'
import { createPrivately } from './create-privately.ts'
import type { DatabaseOptions } from './database.ts'
import { binding } from './database.ts'
import { folderNotWritable } from './folder-not-writable.ts'

const LOCK_FILE = 'console.lock'

/**
 * Makes sure that one process at a time writes to a data folder. The lock is an exclusive transaction on a tiny
 * database beside the real one: the operating system frees it when the process ends, however it ends.
 *
 * @returns a function that lets go of the folder.
 * @throws ConsoleError `data-dir-in-use` if another process holds it, `data-dir-unusable` if it may not be held.
 */
export function holdDataFolder(options: DatabaseOptions): () => void {
  const folder = dirname(options.file)
  const file = join(folder, LOCK_FILE)
  // Who may read it may hold it.
  createPrivately(file)
  let lock: SqliteDatabase.Database | undefined
  try {
    const held = new SqliteDatabase(file, { ...binding(options), timeout: 0 })
    lock = held
    // Without a journal file there is nothing left behind to recover after a kill.
    held.pragma('journal_mode = MEMORY')
    held.exec('BEGIN EXCLUSIVE')
    return () => held.close()
  } catch (error) {
    lock?.close()
    throw explain(error, folder)
  }
}

function explain(error: unknown, folder: string): unknown {
  // The binding itself may be what cannot be loaded: that says nothing of the folder.
  if (!(error instanceof SqliteDatabase.SqliteError)) return error
  if (error.code.startsWith('SQLITE_BUSY')) {
    return new ConsoleError(
      'data-dir-in-use',
      `Another LLMOps Console uses the data folder ${folder}. Close it, or start with another --data-dir.`,
      { cause: error },
    )
  }
  // Of another user, or on a disk that is read only.
  if (error.code.startsWith('SQLITE_CANTOPEN') || error.code.startsWith('SQLITE_READONLY'))
    return folderNotWritable(folder, error)
  return new ConsoleError(
    'data-dir-unusable',
    `The data folder ${folder} cannot be locked. Remove its file ${LOCK_FILE} and start again.`,
    { cause: error },
  )
}

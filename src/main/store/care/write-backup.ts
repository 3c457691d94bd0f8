import { closeSync, fsyncSync, openSync } from 'node:fs'
import SqliteDatabase from 'better-sqlite3'
import { ConsoleError } from '#shared/errors.ts'
import { createPrivately } from '../create-privately.ts'
import type { DatabaseOptions } from '../database.ts'
import { binding, openForReading } from '../database.ts'
import type { InspectedBackup } from './inspect-backup.ts'
import { inspectBackup } from './inspect-backup.ts'

/** So many are copied without a pause: 16 MiB. */
const PAGES_AT_ONCE = 2_048

/**
 * Copies the database as it is at this moment, while it is written to, and checks the copy. Synced when it returns.
 *
 * @param file is not there yet.
 * @throws ConsoleError `store-corrupt` if the copy does not stand the check: then the database is damaged itself.
 */
export async function writeBackup(
  options: DatabaseOptions,
  file: string,
  report: (share: number) => void,
): Promise<Extract<InspectedBackup, { problem: null }>> {
  createPrivately(file)
  const { sqlite } = openForReading(options)
  try {
    // Without a transaction of its own the copy would begin anew with every commit of the writer.
    sqlite.exec('begin')
    sqlite.prepare('select count(*) from sqlite_schema').get()
    await sqlite.backup(file, {
      progress({ totalPages, remainingPages }) {
        report(totalPages === 0 ? 0 : 1 - remainingPages / totalPages)
        return PAGES_AT_ONCE
      },
    })
  } finally {
    sqlite.close()
  }
  const copy = new SqliteDatabase(file, binding(options))
  // One file, which can be read where nothing may be written beside it.
  copy.pragma('journal_mode = DELETE')
  copy.close()
  const inspected = await inspectBackup({ ...options, file }, { isThorough: true })
  if (inspected.problem !== null) {
    throw new ConsoleError(
      'store-corrupt',
      'The database is damaged: its copy did not stand the check. Restore an earlier backup.',
    )
  }
  const handle = openSync(file, 'r+')
  fsyncSync(handle)
  closeSync(handle)
  return inspected
}

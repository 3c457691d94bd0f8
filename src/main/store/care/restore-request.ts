import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import * as z from 'zod'
import type { DatabaseOptions } from '../database.ts'
import { binding } from '../database.ts'
import { REQUEST_FILE } from './restore-files.ts'

const OUTCOME_FILE = 'last-restore.json'
const DATABASE_ENDINGS = ['-wal', '-shm', ''] as const

const requestSchema = z.object({
  /** Path of the backup. */
  backup: z.string(),
  /** What the present database is called from then on, in the data folder. */
  keepAs: z.string().regex(/^[\w.-]{1,100}$/),
  /** It did not work: the database of before is to be put back. */
  isUndone: z.boolean().default(false),
})
export type RestoreRequest = z.input<typeof requestSchema>

const outcomeSchema = requestSchema.omit({ isUndone: true }).extend({ restored: z.boolean(), at: z.number() })
/** What became of the last restore. */
export type RestoreOutcome = z.output<typeof outcomeSchema>

/**
 * Has the next opening of the store put a backup in the place of its database. What is committed until then is in the
 * database that is kept aside.
 */
export function requestRestore(dataDir: string, request: RestoreRequest): void {
  writeWhole(join(dataDir, REQUEST_FILE), request)
}

/** @returns undefined: nothing was ever restored here. */
export function lastRestore(dataDir: string): RestoreOutcome | undefined {
  return readFile(join(dataDir, OUTCOME_FILE), outcomeSchema)
}

/**
 * Does what was requested; the caller holds the data folder. Whenever it is killed, the next start goes on from there:
 * at every moment the database of before is whole, under one name or the other.
 *
 * @returns undefined: nothing was requested, or all is as it was. Else what to do when the database turned out to open,
 * or not.
 */
export function applyRestore(options: DatabaseOptions): { keep: () => void; undo: () => void } | undefined {
  const folder = dirname(options.file)
  const requestFile = join(folder, REQUEST_FILE)
  const request = readFile(requestFile, requestSchema)
  if (!request) return undefined
  const kept = join(folder, request.keepAs)
  const fresh = `${options.file}.restoring`
  const finish = (restored: boolean) => {
    const { backup, keepAs } = request
    writeWhole(join(folder, OUTCOME_FILE), { backup, keepAs, restored, at: Date.now() })
    rmSync(requestFile, { force: true })
    rmSync(fresh, { force: true })
  }
  const undo = () => {
    // Said first: whoever finds the old one aside must know which way it is to go.
    writeWhole(requestFile, { ...request, isUndone: true })
    if (existsSync(kept)) {
      for (const ending of DATABASE_ENDINGS) rmSync(`${options.file}${ending}`, { force: true })
      moveDatabase(kept, options.file)
    }
    finish(false)
  }
  if (request.isUndone) {
    undo()
    return undefined
  }
  try {
    // The old one goes aside only when the new one is whole; where it has gone, the new one may be in place already.
    if (!existsSync(kept)) {
      copyFileSync(request.backup, fresh)
      chmodSync(fresh, 0o600)
      sync(fresh)
      foldLog(options)
      moveDatabase(options.file, kept)
    }
    if (existsSync(fresh)) renameSync(fresh, options.file)
    sync(folder)
    return { keep: () => finish(true), undo }
  } catch {
    // The backup is gone, or the disk is full.
    undo()
    return undefined
  }
}

/** Writes what is in the log into the database, so that it is one file. A damaged one is kept with its log. */
function foldLog(options: DatabaseOptions): void {
  try {
    const sqlite = new SqliteDatabase(options.file, { ...binding(options), fileMustExist: true })
    try {
      sqlite.pragma('wal_checkpoint(TRUNCATE)')
      sqlite.pragma('journal_mode = DELETE')
    } finally {
      sqlite.close()
    }
  } catch (error) {
    if (!(error instanceof SqliteDatabase.SqliteError)) throw error
  }
}

/** The file itself comes last: where it is, all of it is. */
function moveDatabase(from: string, to: string): void {
  for (const ending of DATABASE_ENDINGS) {
    if (existsSync(`${from}${ending}`)) renameSync(`${from}${ending}`, `${to}${ending}`)
  }
}

/** Readers see the old file or the new one, never half of it. */
function writeWhole(file: string, value: object): void {
  const fresh = `${file}.${process.pid}.new`
  writeFileSync(fresh, JSON.stringify(value), { mode: 0o600 })
  sync(fresh)
  renameSync(fresh, file)
  sync(dirname(file))
}

function readFile<T>(file: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(file) || !statSync(file).isFile()) return undefined
  try {
    const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    // Not written by us.
    return undefined
  }
}

function sync(path: string): void {
  // Windows cannot open a folder; there renames are in its journal.
  if (process.platform === 'win32' && statSync(path).isDirectory()) return
  const handle = openSync(path, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

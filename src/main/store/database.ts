import SqliteDatabase from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { ConsoleError } from '#shared/errors.ts'
import type { Schema } from './schema.ts'

/** Where a store's database is and how to open it; handed to each thread as its `workerData`. */
export interface DatabaseOptions {
  file: string
  /** Path of a better-sqlite3 binary built for this runtime; absent: the bundled one. */
  nativeBinding?: string | undefined
}

export interface OpenDatabase {
  sqlite: SqliteDatabase.Database
  kysely: Kysely<Schema>
}

// Measured: with twice as much ingest is no faster. What is not in it is in the system's own cache, mostly.
const WRITER_CACHE_KIB = 32 * 1024
const READER_CACHE_KIB = 16 * 1024
// Measured: calls with bodies fill 4 KiB pages badly; pages of twice the size insert 14 % faster.
const PAGE_BYTES = 8192
// Measured: rarer checkpoints raise insert throughput by half.
const WAL_AUTOCHECKPOINT_PAGES = (32 * 1024 * 1024) / PAGE_BYTES
const WAL_SIZE_LIMIT_BYTES = 64 * 1024 * 1024
const BUSY_TIMEOUT_MS = 5_000

/** Opens the one connection that writes; creates the file if there is none. */
export function openForWriting(options: DatabaseOptions): OpenDatabase {
  return explainingCorruption(options.file, () => {
    const sqlite = new SqliteDatabase(options.file, binding(options))
    sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
    // Takes effect when the file is made.
    sqlite.pragma(`page_size = ${PAGE_BYTES}`)
    sqlite.pragma('journal_mode = WAL')
    // FULL, because an answer of 2xx promises that the call survives a power cut, not only a crash.
    sqlite.pragma('synchronous = FULL')
    // What is deleted is overwritten: a page that becomes free, or is split, keeps nothing of it. Ingest does not feel it.
    sqlite.pragma('secure_delete = ON')
    sqlite.pragma('foreign_keys = ON')
    sqlite.pragma(`cache_size = -${WRITER_CACHE_KIB}`)
    sqlite.pragma(`wal_autocheckpoint = ${WAL_AUTOCHECKPOINT_PAGES}`)
    sqlite.pragma(`journal_size_limit = ${WAL_SIZE_LIMIT_BYTES}`)
    return withKysely(sqlite)
  })
}

/** Opens a connection that only reads; the file must exist. */
export function openForReading(options: DatabaseOptions): OpenDatabase {
  return explainingCorruption(options.file, () => {
    const sqlite = new SqliteDatabase(options.file, {
      ...binding(options),
      readonly: true,
      fileMustExist: true,
    })
    sqlite.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
    sqlite.pragma('query_only = ON')
    sqlite.pragma(`cache_size = -${READER_CACHE_KIB}`)
    return withKysely(sqlite)
  })
}

/** better-sqlite3's own options for the binary to load. */
export function binding(options: Pick<DatabaseOptions, 'nativeBinding'>): SqliteDatabase.Options {
  return options.nativeBinding === undefined ? {} : { nativeBinding: options.nativeBinding }
}

function withKysely(sqlite: SqliteDatabase.Database): OpenDatabase {
  return { sqlite, kysely: new Kysely<Schema>({ dialect: new SqliteDialect({ database: sqlite }) }) }
}

function explainingCorruption<T>(file: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    const code = error instanceof SqliteDatabase.SqliteError ? error.code : ''
    if (code !== 'SQLITE_NOTADB' && !code.startsWith('SQLITE_CORRUPT')) throw error
    throw new ConsoleError(
      'store-corrupt',
      `The database ${file} is damaged. Move it aside, or restore a backup in its place, and start again.`,
      { cause: error },
    )
  }
}

import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { OpenDatabase } from '../../../../src/main/store/database.ts'
import { openForWriting } from '../../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../../src/main/store/migrations/index.ts'
import { createWriters } from '../../../../src/main/store/writers.ts'
import { temporaryFolder } from '../../../scripts/temporary-folder.ts'

/** A database of the newest schema, and what writes to it. */
export async function openDatabase(): Promise<OpenDatabase & { writers: ReturnType<typeof createWriters> }> {
  const database = openForWriting({ file: join(temporaryFolder(), 'test.sqlite') })
  onTestFinished(() => void database.sqlite.close())
  // Nothing here is about what survives a power cut.
  database.sqlite.pragma('synchronous = OFF')
  await migrateToLatest(database)
  return { ...database, writers: createWriters(database) }
}

import type { DatabasePart } from '#shared/contract/database.ts'
import type { DatabaseOptions } from '../database.ts'
import { openForReading } from '../database.ts'
import { serveJob } from '../thread-job.ts'
import { checkDatabase } from './check-database.ts'
import { databaseParts } from './database-parts.ts'
import type { InspectedBackup } from './inspect-backup.ts'
import { inspectBackup } from './inspect-backup.ts'
import { writeBackup } from './write-backup.ts'

/** What is done for the database beside its reading and writing, each in a thread of its own. */
export interface CareTasks {
  parts: { input: null; output: DatabasePart[] }
  /** Of a file that is not there yet. */
  backup: { input: { file: string }; output: Extract<InspectedBackup, { problem: null }> }
  inspect: { input: { files: string[]; isThorough: boolean }; output: InspectedBackup[] }
  /** Gives what is wrong. */
  check: { input: null; output: string[] }
}

export type CareJob = {
  [Name in keyof CareTasks]: { name: Name; input: CareTasks[Name]['input']; database: DatabaseOptions }
}[keyof CareTasks]

serveJob<CareJob, number, CareTasks[keyof CareTasks]['output']>(async (job, report) => {
  const { database } = job
  switch (job.name) {
    case 'parts':
      return reading(database, databaseParts)
    case 'backup':
      return writeBackup(database, job.input.file, (share) => void report(share))
    case 'inspect': {
      const { files, isThorough } = job.input
      const inspected: InspectedBackup[] = []
      for (const file of files) inspected.push(await inspectBackup({ ...database, file }, { isThorough }))
      return inspected
    }
    case 'check':
      return reading(database, (opened) =>
        checkDatabase(opened, ({ done, total }) => report(total === 0 ? 1 : done / total)),
      )
  }
})

async function reading<T>(
  options: DatabaseOptions,
  read: (opened: ReturnType<typeof openForReading>) => Promise<T>,
): Promise<T> {
  const opened = openForReading(options)
  try {
    return await read(opened)
  } finally {
    opened.sqlite.close()
  }
}

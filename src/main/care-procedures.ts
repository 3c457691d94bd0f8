import { ORPCError } from '@orpc/server'
import type { BackupProblem, Backups, DatabaseCare } from './care/index.ts'
import type { FileDialogs } from './file-dialogs.ts'
import { os } from './implementer.ts'

/** Implements the contract of the database. */
export function databaseProcedures(care: DatabaseCare) {
  return {
    status: os.database.status.handler(() => care.status()),
    parts: os.database.parts.handler(async ({ signal }) => ({ parts: await care.parts(signal) })),
    check: os.database.check.handler(() => care.check()),
    compact: os.database.compact.handler(async () => {
      for await (const step of care.compact()) {
        if (step.type === 'done') return { beforeBytes: step.beforeBytes, afterBytes: step.afterBytes }
        if (step.type === 'refused') throw compactRefused(step.reason, step.needsBytes)
      }
      throw compactRefused('other', 0)
    }),
    compaction: os.database.compaction.handler(() => care.compact()),
  }
}

function compactRefused(
  reason: 'disk-full' | 'busy' | 'other',
  needsBytes: number,
): ORPCError<string, unknown> {
  switch (reason) {
    case 'disk-full':
      return new ORPCError('DISK_FULL', {
        status: 507,
        message: `Compacting needs ${needsBytes} bytes free on the disk. The database is as it was.`,
      })
    case 'busy':
      return new ORPCError('CONFLICT', { message: 'The database is being compacted already.' })
    case 'other':
      return new ORPCError('STORE_UNAVAILABLE', {
        status: 503,
        message: 'The database could not be compacted and is as it was.',
      })
  }
}

/** Implements the contract of backups. */
export function backupProcedures(
  backups: Backups,
  { dialogs, restart }: { dialogs: FileDialogs | undefined; restart: () => void },
) {
  const { list, create, run, remove, restore, schedule, follow, changeSchedule, chooseFolder } = os.backups
  return {
    list: list.handler(async () => ({ items: await backups.list(), nextCursor: null })),
    create: create.handler(async ({ signal }) => {
      for await (const step of backups.create('manual', signal)) {
        if (step.type === 'done') return step.backup
        if (step.type === 'failed') throw backupFailed(step.reason)
      }
      throw backupFailed('other')
    }),
    run: run.handler(({ signal }) => backups.create('manual', signal)),
    remove: remove.handler(async ({ input }) => {
      const problem = await backups.remove(input.name)
      if (problem) throw backupError(problem)
    }),
    restore: restore.handler(async ({ input }) => {
      const outcome = await backups.restore(input.name)
      if (typeof outcome === 'string') throw backupError(outcome)
      restart()
      return outcome
    }),
    schedule: schedule.handler(() => backups.state()),
    follow: follow.handler(({ signal }) => backups.follow(signal)),
    changeSchedule: changeSchedule.handler(({ input }) => backups.change(input)),
    chooseFolder: chooseFolder.handler(async () => {
      const folder = await dialogs?.chooseFolder()
      return folder === undefined ? backups.state() : backups.chooseFolder(folder)
    }),
  }
}

function backupFailed(reason: 'disk-full' | 'not-allowed' | 'damaged' | 'other'): ORPCError<string, unknown> {
  if (reason === 'disk-full')
    return new ORPCError('DISK_FULL', { status: 507, message: 'The disk is full: there is no backup.' })
  const messages = {
    'not-allowed': 'The folder of backups cannot be written to.',
    damaged: 'The database is damaged: its copy did not stand the check. Restore an earlier backup.',
    other: 'The backup could not be made; the log says more.',
  }
  return new ORPCError('STORE_UNAVAILABLE', { status: 503, message: messages[reason] })
}

const PROBLEMS: Record<
  BackupProblem,
  { code: 'NOT_FOUND' | 'CONFLICT' | 'DISK_FULL'; status?: number; message: string }
> = {
  'not-found': { code: 'NOT_FOUND', message: 'There is no backup with this name.' },
  damaged: { code: 'CONFLICT', message: 'The backup is damaged. The present database stays.' },
  'newer-schema': {
    code: 'CONFLICT',
    message: 'A newer version of LLMOps Console has made the backup. The present database stays.',
  },
  'disk-full': {
    code: 'DISK_FULL',
    status: 507,
    message: 'There is no space for it beside the present database, which stays.',
  },
}

function backupError(problem: BackupProblem): ORPCError<string, unknown> {
  const { code, status, message } = PROBLEMS[problem]
  return new ORPCError(code, { message, ...(status !== undefined && { status }) })
}

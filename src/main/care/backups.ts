import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { EventPublisher } from '@orpc/server'
import type { Backup, BackupSchedule, BackupState, BackupStep } from '#shared/contract/backups.ts'
import { backupScheduleSchema } from '#shared/contract/backups.ts'
import { ConsoleError } from '#shared/errors.ts'
import type { Log } from '../log.ts'
import type { InspectedBackup } from '../store/care/inspect-backup.ts'
import { requestRestore } from '../store/care/restore-request.ts'
import { finishCare, runCare } from '../store/care/run-care.ts'
import type { DatabaseOptions } from '../store/database.ts'
import { mapSteps } from '../store/map-steps.ts'
import type { Store } from '../store/store.ts'
import { JobFailure } from '../store/thread-job.ts'
import { noteUnfinished, partOf } from '../store/unfinished-files.ts'
import { backupName, readBackupName } from './backup-names.ts'
import { nextBackupAt } from './backup-schedule.ts'
import { freeBytes } from './free-bytes.ts'

export type BackupProblem = 'not-found' | 'damaged' | 'newer-schema' | 'disk-full'

/** Backups of the database: those that are there, making one, and putting one back. */
export interface Backups {
  list(): Promise<Backup[]>
  /** Ends, and leaves nothing behind, when it is aborted. */
  create(kind: 'manual' | 'scheduled', signal?: AbortSignal): AsyncGenerator<BackupStep>
  remove(name: string): Promise<BackupProblem | null>
  /** Checks a backup and has the next opening of the store take it. @returns what the present database will be called. */
  restore(name: string): Promise<BackupProblem | { keptAs: string }>
  state(): BackupState
  /** The state now and whenever it changes, also by what is made by itself; until the signal aborts. */
  follow(signal: AbortSignal | undefined): AsyncGenerator<BackupState>
  change(choices: Partial<BackupSchedule>): Promise<BackupState>
  chooseFolder(folder: string): Promise<BackupState>
  /** Makes those that are due from now on. */
  start(): void
  close(): Promise<void>
}

export interface BackupOptions {
  store: Pick<Store, 'ask' | 'writeSetting'>
  database: DatabaseOptions
  dataDir: string
  log: Log
  /** epoch ms */
  now?: () => number
  /** Where the hours of a schedule are told. */
  zone?: string
  /** How often it is looked whether one is due. */
  tickMs?: number
  /** Whether work that can wait may be done now. Absent: always. */
  mayWorkInBackground?: (() => boolean) | undefined
}

const SCHEDULE_SETTING = 'backupSchedule'
const FOLDER_SETTING = 'backupFolder'
const TICK_MS = 30_000
/** After one that failed, the next is tried. */
const RETRY_MS = 3_600_000
/** A scheduled one waits for mains no longer. */
const LONGEST_WAIT_MS = 86_400_000

type StepFailure = Extract<BackupStep, { type: 'failed' }>['reason']

/** Opens what is known of backups. */
export async function openBackups(options: BackupOptions): Promise<Backups> {
  const { store, database, dataDir, log, now = Date.now, tickMs = TICK_MS } = options
  const zone = options.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const stored = await store.ask('readSettings', null)
  let schedule = backupScheduleSchema
    .catch(backupScheduleSchema.parse({}))
    .parse(stored.get(SCHEDULE_SETTING) ?? {})
  const storedFolder = stored.get(FOLDER_SETTING)
  let folder = typeof storedFolder === 'string' ? storedFolder : join(dataDir, 'backups')
  let lastFailure: BackupState['lastFailure'] = null
  let nextAt = nextBackupAt(schedule, now(), zone)
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  const closing = new AbortController()
  /** By file, size and time of change: a backup does not change. */
  const inspected = new Map<string, InspectedBackup>()

  const publisher = new EventPublisher<{ change: BackupState }>()

  const state = (): BackupState => ({ ...schedule, folder, nextAt, lastFailure })
  const announce = (): BackupState => {
    const now = state()
    publisher.publish('change', now)
    return now
  }
  /** Where a backup is: databases that were replaced stay beside the present one. */
  const pathOf = (name: string) =>
    join(readBackupName(name)?.kind === 'before-restore' ? dataDir : folder, name)

  const list = async (): Promise<Backup[]> => {
    const names = new Set([...(await namesIn(folder)), ...(await namesIn(dataDir))])
    const files = await Promise.all(
      [...names].flatMap((name) => {
        const read = readBackupName(name)
        return read ? [sizeOf(pathOf(name)).then((size) => ({ ...read, ...size }))] : []
      }),
    )
    const found = files.filter(({ key }) => key !== '')
    const unknown = found.filter(({ key }) => !inspected.has(key))
    if (unknown.length > 0) {
      const results = await finishCare(
        database,
        'inspect',
        { files: unknown.map(({ name }) => pathOf(name)), isThorough: false },
        closing.signal,
      )
      unknown.forEach(({ key }, index) => {
        const result = results[index]
        if (result) inspected.set(key, result)
      })
    }
    return found
      .map(({ key, ...file }) => ({ ...file, ...shown(inspected.get(key)) }))
      .sort((a, b) => b.createdAt - a.createdAt || b.name.localeCompare(a.name))
  }

  async function* create(kind: 'manual' | 'scheduled', signal?: AbortSignal): AsyncGenerator<BackupStep> {
    const either = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal
    let clean: (() => Promise<void>) | undefined
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const name = backupName(kind, now(), new Set(await namesIn(folder)))
      const part = partOf(join(folder, name))
      clean = await noteUnfinished(dataDir, part)
      const copying = runCare(database, 'backup', { file: part }, either)
      const made = yield* mapSteps(copying, (share) => ({ type: 'progress' as const, share }))
      const path = join(folder, name)
      await rename(part, path)
      const { sizeBytes, key } = await sizeOf(path)
      inspected.set(key, made)
      yield { type: 'done', backup: { name, kind, createdAt: now(), sizeBytes, ...shown(made) } }
    } catch (error) {
      if (either.aborted) throw error
      log.warn(`a backup could not be made: ${error instanceof Error ? error.message : String(error)}`)
      yield { type: 'failed', reason: reasonOf(error) }
    } finally {
      await clean?.()
    }
  }

  const prune = async (): Promise<void> => {
    const scheduled = (await list()).filter(({ kind, problem }) => kind === 'scheduled' && problem === null)
    for (const { name } of scheduled.slice(schedule.keep)) await removeDatabase(pathOf(name))
  }

  const runScheduled = async (): Promise<void> => {
    for await (const step of create('scheduled')) {
      if (step.type === 'failed') {
        lastFailure = { at: now(), reason: step.reason }
        nextAt = Math.min(now() + RETRY_MS, nextBackupAt(schedule, now(), zone) ?? Infinity)
        announce()
      }
      if (step.type === 'done') {
        lastFailure = null
        nextAt = nextBackupAt(schedule, now(), zone)
        await prune()
        announce()
      }
    }
  }

  const tick = (): void => {
    if (running || nextAt === null || now() < nextAt) return
    const mayWork = options.mayWorkInBackground?.() ?? true
    if (!mayWork && now() - nextAt < LONGEST_WAIT_MS) return
    running = runScheduled()
      .catch((error: unknown) => {
        if (!closing.signal.aborted) log.error('a scheduled backup ended early', error)
      })
      .finally(() => {
        running = undefined
      })
  }

  return {
    list,
    create,
    state,
    async *follow(signal) {
      const changes = publisher.subscribe('change', { signal, maxBufferedEvents: 1 })
      yield state()
      yield* changes
    },
    async remove(name) {
      if (!existsSync(pathOf(name))) return 'not-found'
      await removeDatabase(pathOf(name))
      return null
    },
    async restore(name) {
      const path = pathOf(name)
      if (!existsSync(path)) return 'not-found'
      const { sizeBytes } = await sizeOf(path)
      const [result] = await finishCare(
        database,
        'inspect',
        { files: [path], isThorough: true },
        closing.signal,
      )
      if (!result) return 'damaged'
      if (result.problem !== null) return result.problem
      if ((await freeBytes(dataDir)) < sizeBytes) return 'disk-full'
      const keptAs = backupName('before-restore', now(), new Set(await namesIn(dataDir)))
      requestRestore(dataDir, { backup: path, keepAs: keptAs })
      return { keptAs }
    },
    async change(choices) {
      const given = Object.entries(choices).filter(([, value]) => value !== undefined)
      schedule = { ...schedule, ...Object.fromEntries(given) }
      await store.writeSetting(SCHEDULE_SETTING, schedule)
      nextAt = nextBackupAt(schedule, now(), zone)
      return announce()
    },
    async chooseFolder(chosen) {
      await store.writeSetting(FOLDER_SETTING, chosen)
      folder = chosen
      return announce()
    },
    start() {
      void catchUp()
        .catch((error: unknown) =>
          log.warn(`it is not known when the last backup was made: ${String(error)}`),
        )
        .finally(() => {
          if (closing.signal.aborted) return
          timer = setInterval(tick, tickMs)
          timer.unref()
          tick()
        })
    },
    async close() {
      clearInterval(timer)
      closing.abort()
      await running
    },
  }

  /** One that was missed while the console was closed is made soon after it starts. */
  async function catchUp(): Promise<void> {
    if (schedule.every === 'never') return
    const newest = (await list()).find(({ kind }) => kind === 'scheduled')
    if (newest) nextAt = nextBackupAt(schedule, newest.createdAt, zone)
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch {
    // There is none yet, or it is on a disk that is not there now.
    return []
  }
}

async function sizeOf(path: string): Promise<{ sizeBytes: number; key: string }> {
  try {
    const { size, mtimeMs } = await stat(path)
    return { sizeBytes: size, key: `${path}\n${size}\n${mtimeMs}` }
  } catch {
    // It went meanwhile.
    return { sizeBytes: 0, key: '' }
  }
}

/** A database goes with the files that SQLite may have left beside it. */
async function removeDatabase(path: string): Promise<void> {
  for (const ending of ['', '-journal', '-wal', '-shm']) await rm(`${path}${ending}`, { force: true })
}

function shown(result: InspectedBackup | undefined): Pick<Backup, 'calls' | 'newestCallAt' | 'problem'> {
  if (result?.problem === null) return result
  return { calls: null, newestCallAt: null, problem: result?.problem ?? 'damaged' }
}

const REASONS = new Map<string, StepFailure>([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['SQLITE_FULL', 'disk-full'],
  ['EACCES', 'not-allowed'],
  ['EPERM', 'not-allowed'],
  ['EROFS', 'not-allowed'],
  ['SQLITE_READONLY', 'not-allowed'],
  ['SQLITE_CANTOPEN', 'not-allowed'],
])

function reasonOf(error: unknown): StepFailure {
  if (error instanceof ConsoleError && error.code === 'store-full') return 'disk-full'
  if (error instanceof ConsoleError && error.code === 'store-corrupt') return 'damaged'
  const code =
    error instanceof JobFailure
      ? error.systemCode
      : error instanceof Error && 'code' in error
        ? String(error.code)
        : undefined
  return REASONS.get(code ?? '') ?? 'other'
}

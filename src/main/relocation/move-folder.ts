import { existsSync } from 'node:fs'
import { access, constants, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FolderMoveStep, FolderProblem } from '#shared/contract/data-folder.ts'
import { freeBytes } from '../care/index.ts'
import { finishCare } from '../store/care/run-care.ts'
import { holdDataFolder } from '../store/data-folder-lock.ts'
import type { DatabaseOptions } from '../store/database.ts'
import { copyFileWhole } from './copy-file.ts'
import type { FolderFile } from './folder-files.ts'
import { bytesOf, filesOf, removeFiles } from './folder-files.ts'
import { writeOldFolder } from './old-folder.ts'
import { writePlace } from './place.ts'

export interface FolderMove {
  /** Where the database is now; its folder is the data folder. */
  database: DatabaseOptions
  target: string
  /** The file that tells where the data folder is. */
  place: string
  /** Lets go of the data folder: what comes in from then on is refused. */
  closeConsole: () => Promise<void>
  signal: AbortSignal
  /** epoch ms */
  now: () => number
}

type Phase = Extract<FolderMoveStep, { type: 'progress' }>['phase']

/** Says that what is in the folder is a copy that was never finished. */
const MARKER = 'moving.json'
/** Room that must be left. */
const SPARE_BYTES = 64 * 1024 * 1024
const PROGRESS_MS = 150

/** What a move to a folder takes, and why it cannot be. */
export async function inspectTarget(
  source: string,
  target: string,
): Promise<{ needsBytes: number; freeBytes: number; problem: FolderProblem | null }> {
  const needsBytes = bytesOf(await filesOf(source)) + SPARE_BYTES
  const answer = (problem: FolderProblem | null, free = 0) => ({ needsBytes, freeBytes: free, problem })
  if (target === source) return answer('same')
  if (isWithin(target, source) || isWithin(source, target)) return answer('inside')
  try {
    const there = nearestFolder(target)
    await access(there, constants.W_OK)
    const free = await freeBytes(there)
    if (!(await isFree(source, target))) return answer('not-empty', free)
    return answer(free < needsBytes ? 'disk-full' : null, free)
  } catch (error) {
    return answer(reasonOf(error))
  }
}

/**
 * Copies all that is in the data folder, file by file, each compared with what it was copied from; the database last, while
 * nobody writes to it. Only then the place is noted, in one step: whenever it is killed, the next start finds all of it,
 * in the one folder or in the other. The old folder stays as it is.
 */
export async function* moveFolder(move: FolderMove): AsyncGenerator<FolderMoveStep> {
  const { database, target, signal } = move
  const source = dirname(database.file)
  const databaseFile = basename(database.file)
  const isOfDatabase = ({ path }: FolderFile) => path.startsWith(databaseFile)
  let release: (() => void) | undefined
  let isClosed = false
  let copied = new Map<string, FolderFile>()
  const progress = { phase: 'files' as Phase, doneBytes: 0, totalBytes: 0 }
  let onPhase = (): void => undefined
  const enter = (phase: Phase): void => {
    progress.phase = phase
    onPhase()
  }
  const copy = async (files: readonly FolderFile[]): Promise<void> => {
    for (const file of files) {
      signal.throwIfAborted()
      const paths = [join(source, file.path), join(target, file.path)] as const
      try {
        await copyFileWhole(...paths, { signal, onBytes: (count) => (progress.doneBytes += count) })
        copied.set(file.path, file)
      } catch (error) {
        // While the console runs a file may go before its turn comes.
        if (isClosed || existsSync(paths[0])) throw error
      }
    }
  }
  /** A folder that the user has made stays, though nothing comes into it. */
  const isTargetThere = existsSync(target)
  const work = async (): Promise<void> => {
    const { problem } = await inspectTarget(source, target)
    if (problem) throw new Refusal(problem)
    if (existsSync(target)) await clear(source, target)
    await mkdir(target, { recursive: true, mode: 0o700 })
    await writeFile(join(target, MARKER), JSON.stringify({ from: source }), { mode: 0o600 })
    const all = await filesOf(source)
    progress.totalBytes = bytesOf(all)
    // What is large and does not change goes while calls still come in.
    await copy(all.filter((file) => !isOfDatabase(file)))

    signal.throwIfAborted()
    enter('database')
    isClosed = true
    await move.closeConsole()
    release = holdDataFolder(database)
    const now = await filesOf(source)
    progress.totalBytes = Math.max(
      progress.totalBytes,
      progress.doneBytes + bytesOf(now.filter(isOfDatabase)),
    )
    await copy(now.filter((file) => !isSame(file, copied.get(file.path))))
    const present = new Set(now.map(({ path }) => path))
    const gone = [...copied.keys()].filter((path) => !present.has(path))
    for (const path of gone) await rm(join(target, path), { force: true })
    copied = new Map(now.map((file) => [file.path, file]))

    enter('checking')
    await check({ ...database, file: join(target, databaseFile) }, signal)
    for (const ending of ['-wal', '-shm'])
      if (!present.has(`${databaseFile}${ending}`))
        await rm(join(target, `${databaseFile}${ending}`), { force: true })
    signal.throwIfAborted()
    await writeOldFolder(target, { from: source, at: move.now(), database: databaseFile, files: now })
    await syncFolder(target)
    writePlace(move.place, target)
    // From here on it is the data folder.
    await rm(join(target, MARKER), { force: true })
  }

  let failure: FolderMoveStep | undefined
  let isOver = false
  const working = work()
    .catch(async (error: unknown) => {
      failure = { type: 'failed', reason: reasonOf(error), isRestarting: isClosed }
      if (error instanceof Refusal) return
      await clear(source, target).catch(() => undefined)
      if (isTargetThere) await mkdir(target, { recursive: true, mode: 0o700 }).catch(() => undefined)
    })
    .finally(() => {
      release?.()
      isOver = true
    })
  try {
    while (!isOver) {
      // A phase is told of, however short it is.
      const entered = new Promise<void>((resolve) => (onPhase = resolve))
      yield { type: 'progress', ...progress }
      await Promise.race([working, entered, sleep(PROGRESS_MS)])
    }
    yield failure ?? { type: 'done', folder: target }
  } finally {
    // Whoever cancels takes no more steps; what was copied goes nevertheless.
    await working
  }
}

class Refusal extends Error {
  readonly problem: FolderProblem

  constructor(problem: FolderProblem) {
    super(problem)
    this.problem = problem
  }
}

/** @throws Error if the copy of the database does not hold together. */
async function check(database: DatabaseOptions, signal: AbortSignal): Promise<void> {
  const task = { files: [database.file], isThorough: true }
  const [result] = await finishCare(database, 'inspect', task, signal)
  if (result?.problem !== null) throw new Error('copy-differs')
}

/** Takes out what an earlier copy has left, and nothing else. */
async function clear(source: string, target: string): Promise<void> {
  if (!existsSync(join(target, MARKER))) return
  const paths = (await filesOf(source)).map(({ path }) => path)
  await removeFiles(target, [...paths, ...paths.map((path) => `${path}.moving`), MARKER, 'moved-from.json'])
}

/** Whether there is nothing in it, or only what an earlier copy has left. */
export async function isFree(source: string, target: string): Promise<boolean> {
  if (!existsSync(target)) return true
  const names = await readdir(target)
  if (names.length === 0) return true
  if (!names.includes(MARKER)) return false
  const ours = new Set((await filesOf(source)).map(({ path }) => path.split('/')[0]))
  return names.every(
    (name) => name === MARKER || name === 'moved-from.json' || ours.has(name.replace(/\.moving$/, '')),
  )
}

function isSame(file: FolderFile, before: FolderFile | undefined): boolean {
  return before?.sizeBytes === file.sizeBytes && before.mtimeMs === file.mtimeMs
}

function isWithin(folder: string, of: string): boolean {
  const path = relative(of, folder)
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !/^[a-z]:/i.test(path)
}

function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder))
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  await handle.sync()
  await handle.close()
}

const REASONS = new Map<string, FolderProblem>([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EACCES', 'not-allowed'],
  ['EPERM', 'not-allowed'],
  ['EROFS', 'not-allowed'],
  ['ENOTDIR', 'not-allowed'],
])

function reasonOf(error: unknown): FolderProblem {
  if (error instanceof Refusal) return error.problem
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return REASONS.get(code) ?? 'other'
}

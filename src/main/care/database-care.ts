import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CompactStep, DatabaseCheck, DatabasePart, DatabaseStatus } from '#shared/contract/database.ts'
import { ConsoleError } from '#shared/errors.ts'
import type { Log } from '../log.ts'
import { lastRestore } from '../store/care/restore-request.ts'
import { finishCare, runCare } from '../store/care/run-care.ts'
import type { DatabaseOptions } from '../store/database.ts'
import type { Store } from '../store/store.ts'
import { freeBytes } from './free-bytes.ts'

/** Looks after the database: how large it is, whether it is whole, and that what is free in it can be given back. */
export interface DatabaseCare {
  status(): Promise<DatabaseStatus>
  parts(signal?: AbortSignal): Promise<DatabasePart[]>
  /** One at a time: whoever asks meanwhile gets the outcome of the one that runs. */
  check(): Promise<DatabaseCheck>
  compact(): AsyncGenerator<CompactStep>
  /** Has the database checked in a while, in the background. */
  start(): void
  close(): Promise<void>
}

/** Time for what a start has to do first. */
const CHECK_DELAY_MS = 60_000
/** SQLite cannot be stopped in the middle of a table, and only reads. */
const CLOSE_GRACE_MS = 1_000
/** Space for what comes meanwhile. */
const SPARE_BYTES = 64 * 1024 * 1024
const PROGRESS_MS = 300

export function createDatabaseCare({
  store,
  database,
  log,
  now = Date.now,
  checkDelayMs = CHECK_DELAY_MS,
  mayWorkInBackground = () => true,
}: {
  store: Pick<Store, 'ask' | 'compact'>
  database: DatabaseOptions
  log: Log
  now?: () => number
  checkDelayMs?: number
  /** Whether work that can wait may be done now. */
  mayWorkInBackground?: (() => boolean) | undefined
}): DatabaseCare {
  const dataDir = dirname(database.file)
  const closing = new AbortController()
  let check: DatabaseCheck = { state: 'waiting', share: 0, checkedAt: null, problems: [] }
  let checking: Promise<DatabaseCheck> | undefined
  let timer: NodeJS.Timeout | undefined
  let isCompacting = false

  const runCheck = async (): Promise<DatabaseCheck> => {
    const { checkedAt } = check
    try {
      const steps = runCare(database, 'check', null, closing.signal)
      let step = await steps.next()
      for (; !step.done; step = await steps.next())
        check = { state: 'running', share: step.value, checkedAt, problems: [] }
      const problems = step.value
      const state = problems.length === 0 ? 'ok' : 'damaged'
      check = { state, share: 1, checkedAt: now(), problems }
    } catch (error) {
      const isDamaged = error instanceof ConsoleError && error.code === 'store-corrupt'
      check = {
        state: isDamaged ? 'damaged' : 'failed',
        share: 1,
        checkedAt: now(),
        problems: isDamaged ? [error.message] : [],
      }
    }
    if (check.state === 'damaged') log.error(`the database is damaged: ${check.problems.join('; ')}`)
    return check
  }
  const checkOnce = (): Promise<DatabaseCheck> => {
    if (!checking) {
      check = { ...check, state: 'running', share: 0 }
      checking = runCheck().finally(() => {
        checking = undefined
      })
    }
    return checking
  }

  const checkLater = (): void => {
    timer = setTimeout(() => {
      if (mayWorkInBackground()) void checkOnce()
      else checkLater()
    }, checkDelayMs)
    timer.unref()
  }

  const sizes = async () => {
    const { sizeBytes, freeBytes: free } = await store.ask('storeSize', null)
    return { sizeBytes, free, needsBytes: 2 * (sizeBytes - free) + SPARE_BYTES }
  }

  return {
    async status() {
      const { sizeBytes, free, needsBytes } = await sizes()
      const restored = lastRestore(dataDir)
      return {
        fileBytes: sizeBytes,
        logBytes: await sizeOf(`${database.file}-wal`),
        freeBytes: free,
        diskFreeBytes: await freeBytes(dataDir),
        compactNeedsBytes: needsBytes,
        isCompacting,
        check,
        lastRestore: restored
          ? {
              backup: basename(restored.backup),
              keptAs: restored.keepAs,
              restored: restored.restored,
              at: restored.at,
            }
          : null,
      }
    },
    parts: (signal) =>
      finishCare(
        database,
        'parts',
        null,
        signal ? AbortSignal.any([signal, closing.signal]) : closing.signal,
      ),
    check: checkOnce,
    async *compact() {
      const before = await sizes()
      const diskFreeBytes = await freeBytes(dataDir)
      const refuse = (reason: 'disk-full' | 'busy' | 'other'): CompactStep => ({
        type: 'refused',
        reason,
        needsBytes: before.needsBytes,
        diskFreeBytes,
      })
      if (isCompacting || diskFreeBytes < before.needsBytes) {
        yield refuse(isCompacting ? 'busy' : 'disk-full')
        return
      }
      isCompacting = true
      let outcome: 'done' | 'disk-full' | 'other' | undefined
      const work = store
        .compact()
        .then(
          () => (outcome = 'done'),
          (error: unknown) => {
            log.error('the database could not be compacted', error)
            outcome = error instanceof ConsoleError && error.code === 'store-full' ? 'disk-full' : 'other'
          },
        )
        // It goes on when nobody takes its steps any more.
        .finally(() => (isCompacting = false))
      while (!outcome) {
        // It is written aside first, which nobody sees, and then into the log.
        const share = (await sizeOf(`${database.file}-wal`)) / Math.max(1, before.sizeBytes - before.free)
        yield {
          type: 'progress',
          phase: share > 0.02 ? 'replacing' : 'rewriting',
          share: Math.min(1, share),
        }
        await Promise.race([work, sleep(PROGRESS_MS)])
      }
      yield outcome === 'done'
        ? { type: 'done', beforeBytes: before.sizeBytes, afterBytes: (await sizes()).sizeBytes }
        : refuse(outcome)
    },
    start: checkLater,
    async close() {
      clearTimeout(timer)
      closing.abort()
      await Promise.race([checking, sleep(CLOSE_GRACE_MS, undefined, { ref: false })])
    },
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch {
    // There is none.
    return 0
  }
}

import { join } from 'node:path'
import { EventPublisher } from '@orpc/server'
import * as z from 'zod'
import type {
  Retention,
  RetentionPreview,
  RetentionResult,
  RetentionRun as RunFacts,
  RetentionStatus,
} from '#shared/contract/retention.ts'
import { retentionResultSchema } from '#shared/contract/retention.ts'
import { ConsoleError } from '#shared/errors.ts'
import type { Log } from '../log.ts'
import type { RetentionRunRow } from '../store/queries/retention-state.ts'
import type { Store } from '../store/store.ts'
import { ArchiveFiles } from './archive-files.ts'
import type { Archives } from './archives.ts'
import { createArchives } from './archives.ts'
import type { RetentionClock } from './clock.ts'
import { ClockGuard } from './clock-guard.ts'
import { previewRun, totalsOf } from './preview.ts'
import { RetentionRun } from './run.ts'
import { dueTimes } from './schedule.ts'
import type { IsForgotten } from './spare-forgotten.ts'
import { systemClock } from './system-clock.ts'
import { WorkLock } from './work-lock.ts'

export interface RetentionKeeper {
  archives: Archives
  status(): Promise<RetentionStatus>
  /** The status now and whenever it changes, at most once per `EVENT_INTERVAL_MS`, until the signal aborts. */
  follow(signal: AbortSignal | undefined): AsyncGenerator<RetentionStatus>
  preview(): Promise<RetentionPreview>
  /** Starts a run. @throws ConsoleError `archive-busy`, `clock-doubted` */
  run(): Promise<void>
  runs(before: number | null, limit: number): Promise<RunFacts[]>
  /** Ends the run that is under way, at the next point where nothing is half done. */
  cancel(): Promise<void>
  confirmClock(): Promise<void>
  /** Begins to look at the clock. */
  start(): void
  /** Waits for the piece of work that is under way. */
  close(): Promise<void>
}

export interface RetentionOptions {
  store: Store
  dataDir: string
  retention: () => Retention
  versions: { app: string; schema: string }
  clock?: RetentionClock | undefined
  /** What must not come back from an archive, nor be found in one. */
  isForgotten?: IsForgotten | undefined
  /** Whether work that can wait may be done now. Absent: always. */
  mayWorkInBackground?: (() => boolean) | undefined
  log: Log
  /** Names the moments at which the console may be killed, for tests. */
  onStep?: ((step: string) => void) | undefined
}

const TICK_MS = 60_000
/** A nightly run waits for mains no longer: what is kept for thirty days is not kept for forty. */
const LONGEST_WAIT_MS = 3 * 86_400_000
const EVENT_INTERVAL_MS = 200
const ARCHIVES_FOLDER = 'archives'
/** Where it is kept what is to be known after a restart. */
const STATE_SETTING = 'retentionState'
const stateSchema = z.object({
  seenAt: z.number(),
  isDoubted: z.boolean(),
  /** When a nightly run began last, or would have. */
  ranAt: z.number(),
})

/** Reads what was seen last, and marks runs that were cut off. */
export async function openRetention(options: RetentionOptions): Promise<RetentionKeeper> {
  const { store, retention, versions, log, clock = systemClock, onStep = () => undefined } = options
  const folder = () => retention().archiveFolder ?? join(options.dataDir, ARCHIVES_FOLDER)
  const files = new ArchiveFiles()
  const lock = new WorkLock()
  const archives = createArchives({
    store,
    files,
    clock,
    folder,
    lock,
    isForgotten: options.isForgotten ?? (() => false),
  })
  const publisher = new EventPublisher<{ change: null }>()

  const stored = stateSchema.safeParse((await store.ask('readSettings', null)).get(STATE_SETTING))
  const { newestArrival } = await store.ask('oldestKept', { alertsBefore: null, countMax: 0 })
  const guard = new ClockGuard(clock, stored.success ? stored.data : null, newestArrival)
  // An installation that is new, or is from before there was this, does not begin by deleting.
  let ranAt = stored.success ? stored.data.ranAt : clock.now()
  let progress: RetentionStatus['progress'] = null
  let abort: AbortController | undefined
  let running: Promise<void> | undefined
  let takeTickBack: (() => void) | undefined
  let takeEventBack: (() => void) | undefined
  let isClosed = false
  let wasDoubted = guard.seen().isDoubted
  let savedAt = -Infinity

  const [last] = await store.ask('retentionRuns', { before: null, limit: 1 })
  if (last?.state === 'running') {
    const { id, result } = last
    await store.noteRetention({ type: 'end', id, state: 'interrupted', at: clock.now(), result })
  }

  const announce = (): void => {
    takeEventBack ??= clock.after(EVENT_INTERVAL_MS, () => {
      takeEventBack = undefined
      publisher.publish('change', null)
    })
  }
  const save = async (): Promise<void> => {
    savedAt = clock.monotonic()
    await store.writeSetting(STATE_SETTING, { ...guard.seen(), ranAt })
  }
  const status = async (): Promise<RetentionStatus> => {
    const { isNightly, hour } = retention()
    const [newest] = await store.ask('retentionRuns', { before: null, limit: 1 })
    return {
      progress,
      nextRunAt: isNightly ? dueTimes(clock.now(), hour).next : null,
      clockDoubt: guard.look(),
      lastRun: newest ? factsOf(newest) : null,
      archiveFolder: folder(),
    }
  }

  const runOnce = async (id: number, signal: AbortSignal, release: () => void): Promise<void> => {
    const choices = retention()
    let run: RetentionRun | undefined
    let state: 'done' | 'cancelled' | 'failed' = 'failed'
    try {
      const totals = totalsOf(await previewRun(store, choices, clock.now()))
      run = new RetentionRun(
        { store, files, clock, versions, onStep },
        {
          id,
          retention: choices,
          folder: folder(),
          totals,
          signal,
          onProgress(step) {
            progress = { ...step, result: run?.result ?? NOTHING_DONE }
            announce()
          },
        },
      )
      state = await run.run()
    } finally {
      const result = JSON.stringify(run?.result ?? { ...NOTHING_DONE, problem: 'other' })
      await store.noteRetention({ type: 'end', id, state, at: clock.now(), result })
      progress = null
      release()
      announce()
    }
  }

  const begin = async (reason: 'nightly' | 'hand'): Promise<void> => {
    const release = lock.take()
    try {
      const id = await store.noteRetention({ type: 'start', reason, at: clock.now() })
      abort = new AbortController()
      progress = { phase: 'calls', done: 0, total: 0, result: NOTHING_DONE }
      announce()
      running = runOnce(id, abort.signal, release)
        .catch((error: unknown) => log.error('deleting what is old ended early', error))
        .finally(() => (running = undefined))
    } catch (error) {
      release()
      throw error
    }
  }

  const tick = async (): Promise<void> => {
    const doubt = guard.look()
    const isDoubted = doubt !== null
    if (isDoubted !== wasDoubted) {
      wasDoubted = isDoubted
      if (isDoubted)
        log.warn(
          'the clock was set forward by more than a day: nothing is deleted until the date is confirmed',
        )
      await save()
      announce()
    }
    const { isNightly, hour } = retention()
    const isDue = isNightly && ranAt < dueTimes(clock.now(), hour).last
    const mayWork = options.mayWorkInBackground?.() ?? true
    const mayRun = mayWork || clock.now() - ranAt > LONGEST_WAIT_MS
    if (isDue && mayRun && !isDoubted && !lock.isHeld) {
      ranAt = clock.now()
      await save()
      await begin('nightly')
    } else if (clock.monotonic() - savedAt > SAVE_INTERVAL_MS) await save()
  }
  const tickLater = (): void => {
    if (isClosed) return
    takeTickBack = clock.after(TICK_MS, () => {
      tick()
        .catch((error: unknown) => log.error('retention could not look at the clock', error))
        .finally(tickLater)
    })
  }

  return {
    archives,
    status,
    async *follow(signal) {
      const changes = publisher.subscribe('change', signal ? { signal } : {})
      yield await status()
      for await (const _change of changes) yield await status()
    },
    preview: () => previewRun(store, retention(), clock.now()),
    async run() {
      if (guard.look() !== null)
        throw new ConsoleError(
          'clock-doubted',
          'The clock of this machine went ahead by more than a day. Confirm that the date is right first: until then nothing is deleted.',
        )
      await begin('hand')
    },
    runs: async (before, limit) => (await store.ask('retentionRuns', { before, limit })).map(factsOf),
    async cancel() {
      abort?.abort()
      await running
    },
    async confirmClock() {
      guard.confirm()
      wasDoubted = false
      await save()
      announce()
      await tick()
    },
    start: () => {
      takeTickBack = clock.after(0, () => {
        tick()
          .catch((error: unknown) => log.error('retention could not look at the clock', error))
          .finally(tickLater)
      })
    },
    async close() {
      isClosed = true
      takeTickBack?.()
      takeEventBack?.()
      abort?.abort()
      await running
      await files.close()
    },
  }
}

const SAVE_INTERVAL_MS = 3_600_000

const NOTHING_DONE: RetentionResult = {
  bodies: 0,
  calls: 0,
  rollupDays: 0,
  alertRecords: 0,
  notifications: 0,
  freedBytes: 0,
  archives: [],
  problem: null,
}

function factsOf({ result, pendingArchive: _pending, ...run }: RetentionRunRow): RunFacts {
  const parsed = retentionResultSchema.safeParse(JSON.parse(result))
  return { ...run, result: parsed.success ? parsed.data : NOTHING_DONE }
}

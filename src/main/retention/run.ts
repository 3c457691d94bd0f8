import * as z from 'zod'
import { chunksOf } from '#shared/chunks-of.ts'
import type { Retention, RetentionPhase, RetentionResult } from '#shared/contract/retention.ts'
import { ConsoleError } from '#shared/errors.ts'
import type { CallPlace } from '../store/queries/call-places.ts'
import type { ExpiryKind, ExpiryScope } from '../store/queries/expiry-scope.ts'
import { nameOfScope } from '../store/queries/expiry-scope.ts'
import type { ExpiringCall } from '../store/retention/expire-calls.ts'
import type { Store } from '../store/store.ts'
import { archiveDay } from './archive-day.ts'
import type { ArchiveFiles } from './archive-files.ts'
import type { RetentionClock } from './clock.ts'
import { keptFrom, planSteps } from './plan.ts'
import { CHUNK, yielding } from './yielding.ts'

export const BYTES_PER_GIGABYTE = 1_000_000_000

export interface RunParts {
  store: Store
  files: Pick<ArchiveFiles, 'call'>
  clock: RetentionClock
  versions: { app: string; schema: string }
  /** Names the moments at which the console may be killed, for tests. */
  onStep: (step: string) => void
}

export interface RunRequest {
  id: number
  retention: Retention
  /** Where archives go. */
  folder: string
  /** By kind, about how much there is to do. */
  totals: Partial<Record<RetentionPhase, number>>
  signal: AbortSignal
  onProgress: (progress: { phase: RetentionPhase; done: number; total: number }) => void
}

/** Where an archive is whose calls are being deleted. */
const pendingSchema = z.object({ folder: z.string(), name: z.string() })

/** Calls that are not followed yet, of which a transaction takes in the rest. */
const AHEAD_MAX = 5_000

class Cancelled extends Error {}

/**
 * One run: deletes what is older than it should be, oldest days first, in small pieces between which ingest has its turn.
 * What is archived is deleted only once its archive was read back. Wherever it ends, the next run goes on: an archive
 * whose calls are still there is noted, and they are deleted, not archived again.
 */
export class RetentionRun {
  readonly #parts: RunParts
  readonly #request: RunRequest
  readonly result: RetentionResult = {
    bodies: 0,
    calls: 0,
    rollupDays: 0,
    alertRecords: 0,
    notifications: 0,
    freedBytes: 0,
    archives: [],
    problem: null,
  }
  #phase: RetentionPhase = 'calls'
  #done = 0

  constructor(parts: RunParts, request: RunRequest) {
    this.#parts = parts
    this.#request = request
  }

  /** @returns how it ended. What went wrong is in the result. */
  async run(): Promise<'done' | 'cancelled' | 'failed'> {
    const { store } = this.#parts
    const before = await store.ask('storeSize', null)
    try {
      await this.#finishPending()
      await this.#expireByAge()
      await this.#expireBySize()
      await this.#dropRollups()
      await this.#pruneAlerts()
      return 'done'
    } catch (error) {
      if (error instanceof Cancelled) return 'cancelled'
      this.result.problem = error instanceof ConsoleError ? error.code : 'other'
      if (!(error instanceof ConsoleError)) throw error
      return 'failed'
    } finally {
      const after = await store.ask('storeSize', null)
      this.result.freedBytes = Math.max(0, before.usedBytes - after.usedBytes)
    }
  }

  async #expireByAge(): Promise<void> {
    const { store, clock } = this.#parts
    for (const { kind, scope, before } of planSteps(this.#request.retention, clock.now())) {
      this.#enter(kind)
      const days = await store.ask('expiringDays', {
        kind,
        scope,
        before,
        now: clock.now(),
        ignoresMarks: false,
        limit: DAYS_MAX,
      })
      for (const day of days) {
        await this.#expireDay(kind, scope, day)
        await this.#markDay(kind, scope, day)
      }
    }
  }

  /** The oldest days go, all of their calls, until the database holds little enough. Today stays. */
  async #expireBySize(): Promise<void> {
    const { store, clock } = this.#parts
    const { maxGigabytes } = this.#request.retention
    if (maxGigabytes === null) return
    this.#enter('size')
    const scope: ExpiryScope = { exceptApps: [] }
    for (;;) {
      const { usedBytes } = await store.ask('storeSize', null)
      if (usedBytes <= maxGigabytes * BYTES_PER_GIGABYTE) return
      const now = clock.now()
      const [day] = await store.ask('expiringDays', {
        kind: 'calls',
        scope,
        before: keptFrom(0, now),
        now,
        ignoresMarks: true,
        limit: 1,
      })
      if (day === undefined) return
      const before = this.result.calls
      await this.#expireDay('calls', scope, day)
      if (this.result.calls === before) return
    }
  }

  async #expireDay(kind: ExpiryKind, scope: ExpiryScope, dayStart: number): Promise<void> {
    const { store } = this.#parts
    // The sums of the day are to be whole before its calls go.
    while ((await store.followCalls()) > AHEAD_MAX) this.#throwIfCancelled()
    for (let after: CallPlace | null = null; ;) {
      this.#throwIfCancelled()
      const batch: { calls: ExpiringCall[]; end: CallPlace } | null = this.#request.retention.isArchiving
        ? await this.#archive(kind, scope, dayStart, after)
        : await this.#next(kind, scope, dayStart, after)
      if (!batch) break
      await this.#delete(kind, batch.calls)
      await this.#note(null)
      after = batch.end
    }
    this.#throwIfCancelled()
    // Top calls that went have others come in their place.
    await store.followCalls()
  }

  /** Notes that the day holds nothing more to delete, unless a call has come in between. */
  async #markDay(kind: ExpiryKind, scope: ExpiryScope, dayStart: number): Promise<void> {
    const { store } = this.#parts
    await store.noteRetention({ type: 'mark', dayStart, kind, scope: nameOfScope(scope) })
    const left = await store.ask('expiringCalls', { dayStart, kind, scope, after: null, limit: 1 })
    if (left.length > 0) await store.noteRetention({ type: 'unmark', dayStart })
  }

  async #next(kind: ExpiryKind, scope: ExpiryScope, dayStart: number, after: CallPlace | null) {
    const calls = await this.#parts.store.ask('expiringCalls', { dayStart, kind, scope, after, limit: CHUNK })
    const last = calls.at(-1)
    return last ? { calls, end: { startedAt: last.startedAt, id: last.id } } : null
  }

  async #archive(kind: ExpiryKind, scope: ExpiryScope, dayStart: number, after: CallPlace | null) {
    const { store, files, clock, versions, onStep } = this.#parts
    const { folder, signal } = this.#request
    // Most often there is nothing left: no file is begun for that.
    if (!(await this.#hasMore(kind, scope, dayStart, after))) return null
    const day = new Date(dayStart).toISOString().slice(0, 10)
    const name = await files.call('nextName', { folder, day, kind })
    await this.#note({ folder, name })
    onStep('archive-noted')
    try {
      const archived = await archiveDay(store, files, {
        folder,
        name,
        dayStart,
        kind,
        scope,
        after,
        createdAt: clock.now(),
        versions,
        signal,
        onStep,
      })
      if (archived) this.result.archives.push(name)
      else await this.#note(null)
      return archived
    } catch (error) {
      await this.#note(null)
      throw error
    }
  }

  async #hasMore(kind: ExpiryKind, scope: ExpiryScope, dayStart: number, after: CallPlace | null) {
    const some = await this.#parts.store.ask('expiringCalls', { dayStart, kind, scope, after, limit: 1 })
    return some.length > 0
  }

  async #delete(kind: ExpiryKind, calls: readonly ExpiringCall[]): Promise<void> {
    const { store, clock, onStep } = this.#parts
    for (const chunk of chunksOf(calls, CHUNK)) {
      this.#throwIfCancelled()
      const deleted = await yielding(clock, () =>
        kind === 'calls' ? store.expireCalls(chunk) : store.dropBodies(chunk),
      )
      this.result[kind] += deleted
      this.#advance(deleted)
      onStep('chunk-deleted')
    }
  }

  /** Deletes the calls of archives that were written when a run ended before they were deleted. */
  async #finishPending(): Promise<void> {
    const { store, files } = this.#parts
    const runs = await store.ask('retentionRuns', { before: null, limit: PENDING_RUNS })
    for (const { id, pendingArchive } of runs) {
      if (pendingArchive === null) continue
      const pending = pendingSchema.safeParse(JSON.parse(pendingArchive))
      if (pending.success) {
        const { folder, name } = pending.data
        try {
          await this.#deleteArchived(folder, name)
        } catch (error) {
          if (!(error instanceof ConsoleError)) throw error
          // It was never there as a whole, and its calls are where they were. What is damaged is left for a look.
          if (error.code === 'archive-missing') await files.call('discard', { folder, name })
        }
      }
      await store.noteRetention({ type: 'pending', id, pendingArchive: null })
    }
  }

  async #deleteArchived(folder: string, name: string): Promise<void> {
    const { files } = this.#parts
    const { kind } = await files.call('verify', { folder, name })
    this.#enter(kind)
    for (let offset: number | null = 0; offset !== null;) {
      const block: { calls: (Omit<ExpiringCall, 'events'> & { events: unknown[] })[]; next: number | null } =
        await files.call('calls', { folder, name, offset })
      const calls = block.calls.map(({ id, requestId, costNanos, isStep, events }) => ({
        id,
        requestId,
        costNanos,
        isStep,
        events: events.length,
      }))
      await this.#delete(kind, calls)
      offset = block.next
    }
  }

  async #dropRollups(): Promise<void> {
    const { store, clock } = this.#parts
    const { rollupsDays } = this.#request.retention
    if (rollupsDays === null) return
    this.#enter('rollups')
    const before = keptFrom(rollupsDays, clock.now())
    for (;;) {
      this.#throwIfCancelled()
      const { firstRollupDay, firstCallDay } = await store.ask('oldestKept', NO_COUNTS)
      if (firstRollupDay === null || firstRollupDay >= before) return
      // Days that were restored are waited for.
      if (firstCallDay !== null && firstCallDay <= firstRollupDay) return
      if (!(await yielding(clock, () => store.dropRollups(firstRollupDay)))) return
      this.result.rollupDays += 1
      this.#advance(1)
    }
  }

  async #pruneAlerts(): Promise<void> {
    const { store, clock } = this.#parts
    const { alertsDays } = this.#request.retention
    if (alertsDays === null) return
    this.#enter('alerts')
    const before = keptFrom(alertsDays, clock.now())
    for (let hasMore = true; hasMore;) {
      this.#throwIfCancelled()
      const pruned = await yielding(clock, () => store.pruneAlerts(before))
      this.result.alertRecords += pruned.records
      this.result.notifications += pruned.deliveries
      this.#advance(pruned.records + pruned.deliveries)
      hasMore = pruned.hasMore
    }
  }

  async #note(pending: z.output<typeof pendingSchema> | null): Promise<void> {
    await this.#parts.store.noteRetention({
      type: 'progress',
      id: this.#request.id,
      result: JSON.stringify(this.result),
      pendingArchive: pending === null ? null : JSON.stringify(pending),
    })
  }

  #enter(phase: RetentionPhase): void {
    if (phase !== this.#phase) this.#done = 0
    this.#phase = phase
    this.#advance(0)
  }

  #advance(by: number): void {
    this.#done += by
    const total = Math.max(this.#done, this.#request.totals[this.#phase] ?? 0)
    this.#request.onProgress({ phase: this.#phase, done: this.#done, total })
  }

  #throwIfCancelled(): void {
    if (this.#request.signal.aborted) throw new Cancelled('the run was ended')
  }
}

/** Days of one run: a hundred years. */
const DAYS_MAX = 36_600
/** Runs that are looked at for archives whose calls are still there. */
const PENDING_RUNS = 500
const NO_COUNTS = { alertsBefore: null, countMax: 0 }

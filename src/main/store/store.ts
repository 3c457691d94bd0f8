import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { BudgetChange } from './budget.ts'
import type { AlertChanges } from './alerts/alert-changes.ts'
import type { ChannelChange } from './alerts/channels.ts'
import type { DeliveryMark } from './alerts/deliveries.ts'
import type { PreviewPoint, PreviewRequest } from './alerts/preview-rule.ts'
import type { MeasureRequest, RuleReadings } from './alerts/rule-readings.ts'
import type { NewCall } from './call.ts'
import type { CostConfigChange } from './cost-config.ts'
import { createPrivately } from './create-privately.ts'
import type { DatabaseOptions } from './database.ts'
import type {
  FeedbackChange,
  NewFeedback,
  OwnFeedbackChange,
  OwnFeedbackProblem,
  TriageOutcome,
  TriageRequest,
  RestoredState,
} from './feedback.ts'
import { folderNotWritable } from './folder-not-writable.ts'
import type { InsertOutcome } from './insert-calls.ts'
import type { CallsToForget } from './privacy/forgetter.ts'
import type { SampleFeedback } from './sample/sample-remover.ts'
import type { Queries } from './queries/index.ts'
import type { NewSpanEvent } from './insert-span-events.ts'
import { ReaderPool } from './reader-pool.ts'
import type { ReaderFunctions } from './reader-thread.ts'
import type { CostChange } from './reprice-calls.ts'
import { TextIndexer } from './text-index/text-indexer.ts'
import type { ExpiringCall } from './retention/expire-calls.ts'
import type { ArchivedCall } from './retention/archived-call.ts'
import type { Restored } from './retention/restore-calls.ts'
import type { PrunedAlerts, RetentionNote } from './retention/retention-book.ts'
import { ThreadClient } from './thread-link.ts'
import { ThreadOnDemand } from './thread-on-demand.ts'
import type { FeedbackOutcome } from './write-feedback.ts'
import { Watcher } from './watcher.ts'
import type { UpstreamChange } from './write-upstream.ts'
import type { WriterThreadFunctions } from './writer-thread.ts'

export interface StoreOptions {
  dataDir: string
  /** Path of a better-sqlite3 binary built for this runtime; absent: the bundled one. */
  nativeBinding?: string | undefined
  /** Whether texts are indexed. Absent: yes; calls are found without, but it takes longer. */
  isTextIndexed?: boolean | undefined
  /** Whether work that can wait may be done now. Absent: always. */
  mayWorkInBackground?: (() => boolean) | undefined
}

/** How long commits take, since the store was opened. */
export interface CommitStatistics {
  commits: number
  totalMs: number
  maxMs: number
}

/** A question of the readers, answered off the main thread. */
type Ask = <Name extends keyof Queries>(
  name: Name,
  input: Parameters<Queries[Name]>[0],
) => Promise<Awaited<ReturnType<Queries[Name]>>>

/** The only way to the data. All SQL runs in its threads: one writes, the others read. */
export interface Store {
  /**
   * Stores calls; a call whose request id is known is left as it is. When the promise resolves they are committed
   * and synced to disk.
   *
   * @throws ConsoleError `store-full`, `store-failed`, `store-closed`: nothing of the batch is stored.
   */
  insertCalls(calls: NewCall[]): Promise<InsertOutcome>
  writeSetting(name: string, value: unknown): Promise<void>
  /** Stores an upstream of the recording proxy in place of the one of that name, or removes it. */
  writeUpstream(change: UpstreamChange): Promise<void>
  /** Keeps events of spans; one that is known is left as it is. Resolves after the COMMIT. */
  insertSpanEvents(events: NewSpanEvent[]): Promise<void>
  /**
   * Stores feedback, whether its calls are known or not; one whose id is known is left as it is. When the promise
   * resolves it is committed and synced to disk.
   *
   * @throws ConsoleError as `insertCalls` does.
   */
  insertFeedback(feedback: NewFeedback[]): Promise<FeedbackOutcome>
  /** Resolves feedback or opens it again. @returns whether there is any with this id. */
  changeFeedback(change: FeedbackChange): Promise<boolean>
  /** Changes much feedback alike, all of it or none. */
  triageFeedback(request: TriageRequest): Promise<TriageOutcome>
  /** Brings feedback back to what it was before it was worked on. */
  restoreFeedback(items: readonly RestoredState[]): Promise<void>
  /** Changes, or deletes, what was written by hand. @returns why that is not done, or null. */
  updateOwnFeedback(change: OwnFeedbackChange): Promise<OwnFeedbackProblem | null>
  removeOwnFeedback(id: string): Promise<OwnFeedbackProblem | null>
  /** Keeps the name of someone who works on feedback. */
  rememberReviewer(name: string, usedAt: number): Promise<void>
  writeCostConfig(change: CostConfigChange): Promise<void>
  writeBudget(change: BudgetChange): Promise<void>
  /** Gives calls another computed cost, all or none of them; the statistics follow in the same transaction. */
  repriceCalls(changes: CostChange[]): Promise<void>
  /** Changes alerts, all or nothing: a state together with its records and notifications. */
  writeAlerts(changes: AlertChanges): Promise<void>
  writeChannel(change: ChannelChange): Promise<void>
  /** Notes what becomes of a notification in the outbox. */
  markDelivery(mark: DeliveryMark): Promise<void>
  /** Puts back into the queue what was being sent when the console was killed. */
  recoverDeliveries(now: number): Promise<void>
  /** Measures alert rules by the calls that arrived lately, in a thread that follows them. */
  measureRules(request: MeasureRequest): Promise<RuleReadings[]>
  /** What a rule would have said at times of the last day, in a thread of its own. */
  previewRule(request: PreviewRequest): Promise<PreviewPoint[]>
  /** Where the days (UTC) begin that have calls or rollups, epoch ms, ascending. */
  rollupDays(): Promise<number[]>
  /** Makes the rollups of a day anew from its calls, in one transaction. */
  rebuildDay(dayStart: number): Promise<void>
  /**
   * Deletes calls, all or none of them, so that nothing of them is left in the database once the log is emptied; the
   * statistics follow in the same transaction.
   *
   * @returns how many were deleted.
   */
  forgetCalls(calls: CallsToForget): Promise<number>
  /** The same of feedback of a user, and of feedback on their calls. @returns how many pieces, at most the limit. */
  forgetFeedback(userId: string, limit: number): Promise<number>
  /** Deletes feedback on sample calls. @returns how many pieces, none at the end. */
  removeSampleFeedback(wanted: SampleFeedback): Promise<number>
  /** Deletes records of alerts, with what was sent of them alone. */
  removeAlertRecords(ids: string[]): Promise<void>
  /** The same of a user's name, in what is kept of alerts. */
  forgetName(name: string, standIn: string): Promise<void>
  /** Writes a small database anew, so that not even moved copies of rows are left. */
  rewriteSmall(): Promise<void>
  /** Empties the write-ahead log into the database. @returns whether it did: readers may still need it. */
  emptyLog(): Promise<boolean>
  /**
   * Deletes calls because of their age, with their texts and the events of their spans, all of those that have not changed
   * or none. What was counted of them stays.
   *
   * @returns how many were deleted.
   */
  expireCalls(calls: ExpiringCall[]): Promise<number>
  /** Deletes prompts, responses and events of calls. @returns of how many. */
  dropBodies(calls: ExpiringCall[]): Promise<number>
  /** Deletes what was counted on a day (UTC). @returns whether it did: not while it has calls. */
  dropRollups(dayStart: number): Promise<boolean>
  /** Puts archived calls back that are missing, all or none; what statistics hold already is not counted again. */
  restoreCalls(calls: ArchivedCall[]): Promise<Restored>
  /** Notes what retention does. @returns the id of the run that the note is about. */
  noteRetention(note: RetentionNote): Promise<number>
  /** Deletes some of the records and notifications of alerts that are over and older than that. */
  pruneAlerts(before: number): Promise<PrunedAlerts>
  /** Empties what follows the calls in the pauses. It then fills again by itself, and sooner by `followCalls`. */
  clearFollowing(): Promise<void>
  /** Has the next calls followed. @returns how many are left, at most. */
  followCalls(): Promise<number>
  /** Has the text index made anew, little by little; what there is serves until then. */
  rebuildTextIndex(): Promise<void>
  /** Resolves when the text index has nothing of calls that are deleted, and all that it can have of the others. */
  finishTextIndex(): Promise<void>
  /** Waits until nothing of texts that are gone is in the text index. */
  purgeTextIndex(): Promise<void>
  /**
   * Gives free pages back to the disk. What is to be written meanwhile waits; it is answered afterwards.
   *
   * @throws ConsoleError `store-full`: it is as it was.
   */
  compact(): Promise<void>
  /** Asks the least busy reader. */
  ask: Ask
  commitStatistics(): CommitStatistics
  /** Finishes what was asked, then lets go of the data folder. */
  close(): Promise<void>
}

/** Watchers end when they were not asked for so long: longer than any interval of checks. */
const WATCH_RULES_MS = 2 * 3_600_000
const WATCH_PREVIEWS_MS = 5 * 60_000

/** It keeps tens of megabytes to build segments in, which come every few seconds or not at all. */
const INDEX_IDLE_MS = 30_000
/** Thousands of texts of a megabyte take longer to look at. */
const INDEX_CLOSE_MS = 2_000
const READER_YOUNG_MB = 12
const DATABASE_FILE = 'llmops.sqlite'

/**
 * Opens the store of a data folder, creates it if there is none, and brings it to the newest schema.
 *
 * @throws ConsoleError `data-dir-unusable`, `data-dir-in-use`, `store-corrupt`, `store-newer`.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  prepareFolder(options.dataDir)
  const database = databaseOf(options)
  // What SQLite writes aside is as private as the database, and as large: the system's folder may be small.
  process.env['SQLITE_TMPDIR'] ??= options.dataDir
  const writer = new ThreadClient<WriterThreadFunctions>(startThread('writer-thread', database))
  await writer.ready
  const readers = new ReaderPool(() => startThread('reader-thread', database), {
    reader: writer,
    // Nobody hears of it: the writer ends with its thread, at the latest.
    leave: () => void writer.call('endReading', null).catch(() => undefined),
  })

  let isClosing = false
  // One of its own: to look at the texts of a segment takes longer than a page should wait.
  const indexReader = new ThreadOnDemand<ReaderFunctions>(() => startThread('reader-thread', database), {
    idleMs: INDEX_IDLE_MS,
  })
  const textIndexer = new TextIndexer({
    async next() {
      if (options.isTextIndexed === false || isClosing) return null
      if (!indexReader.isRunning) {
        const { indexed, total } = await readers.reader.call('textIndexState', null)
        if (indexed === total || isClosing) return null
      }
      return indexReader.call('nextIndexStep', null)
    },
    write: (step) => writer.call('writeTextIndex', step),
    mayWork: options.mayWorkInBackground,
    isOutdated: async () =>
      options.isTextIndexed !== false && (await readers.reader.call('outdatedSegments', null)) > 0,
  })

  const watcher = (idleMs: number) => new Watcher(() => startThread('watch-thread', database), { idleMs })
  const watchers = { rules: watcher(WATCH_RULES_MS), previews: watcher(WATCH_PREVIEWS_MS) }
  const statistics: CommitStatistics = { commits: 0, totalMs: 0, maxMs: 0 }
  return {
    async insertCalls(calls) {
      const { duplicateIndexes, conflicts, commitMs, isFirstOfCommit } = await writer.call(
        'insertCalls',
        calls,
      )
      if (isFirstOfCommit) {
        statistics.commits += 1
        statistics.totalMs += commitMs
        statistics.maxMs = Math.max(statistics.maxMs, commitMs)
      }
      textIndexer.stored(calls.length)
      watchers.rules.callsStored()
      watchers.previews.callsStored()
      return { duplicateIndexes, conflicts }
    },
    insertSpanEvents: (events) => writer.call('insertSpanEvents', events),
    insertFeedback: (feedback) => writer.call('insertFeedback', feedback),
    changeFeedback: (change) => writer.call('changeFeedback', change),
    triageFeedback: (request) => writer.call('triageFeedback', request),
    restoreFeedback: (items) => writer.call('restoreFeedback', items),
    updateOwnFeedback: (change) => writer.call('updateOwnFeedback', change),
    removeOwnFeedback: (id) => writer.call('removeOwnFeedback', { id }),
    rememberReviewer: (name, usedAt) => writer.call('rememberReviewer', { name, usedAt }),
    writeSetting: (name, value) => writer.call('writeSetting', { name, value }),
    writeUpstream: (change) => writer.call('writeUpstream', change),
    writeCostConfig: (change) => writer.call('writeCostConfig', change),
    writeBudget: (change) => writer.call('writeBudget', change),
    async repriceCalls(changes) {
      await writer.call('repriceCalls', changes)
      await Promise.all([watchers.rules.forgetCalls(), watchers.previews.forgetCalls()])
    },
    writeAlerts: (changes) => writer.call('writeAlerts', changes),
    writeChannel: (change) => writer.call('writeChannel', change),
    markDelivery: (mark) => writer.call('markDelivery', mark),
    recoverDeliveries: (now) => writer.call('recoverDeliveries', { now }),
    measureRules: (request) => watchers.rules.call('measureRules', request),
    previewRule: (request) => watchers.previews.call('previewRule', request),
    rollupDays: () => writer.call('rollupDays', null),
    rebuildDay: (dayStart) => writer.call('rebuildDay', { dayStart }),
    async forgetCalls(calls) {
      const forgotten = await writer.call('forgetCalls', calls)
      textIndexer.changed()
      // They know calls of the last minutes by user, and would tell of them.
      await Promise.all([watchers.rules.forgetCalls(), watchers.previews.forgetCalls()])
      return forgotten
    },
    removeSampleFeedback: (wanted) => writer.call('removeSampleFeedback', wanted),
    removeAlertRecords: (ids) => writer.call('removeAlertRecords', ids),
    forgetFeedback: (userId, limit) => writer.call('forgetFeedback', { userId, limit }),
    forgetName: (name, standIn) => writer.call('forgetName', { name, standIn }),
    rewriteSmall: () => writer.call('rewriteSmall', null),
    emptyLog: () => writer.call('emptyLog', null),
    async rebuildTextIndex() {
      await writer.call('rebuildTextIndex', null)
      textIndexer.changed()
    },
    finishTextIndex: () => textIndexer.finish(),
    purgeTextIndex: () => textIndexer.purge(),
    async expireCalls(calls) {
      const { deleted, areIdsReused } = await writer.call('expireCalls', calls)
      // They follow by id, and would miss calls with ids that they have seen.
      if (areIdsReused) await Promise.all([watchers.rules.forgetCalls(), watchers.previews.forgetCalls()])
      textIndexer.changed()
      return deleted
    },
    async dropBodies(calls) {
      const dropped = await writer.call('dropBodies', calls)
      textIndexer.changed()
      return dropped
    },
    dropRollups: (dayStart) => writer.call('dropRollups', { dayStart }),
    async restoreCalls(calls) {
      const restored = await writer.call('restoreCalls', calls)
      textIndexer.stored(restored.restored)
      if (restored.filled > 0) textIndexer.changed()
      return restored
    },
    noteRetention: (note) => writer.call('noteRetention', note),
    pruneAlerts: (before) => writer.call('pruneAlerts', { before }),
    compact: () => writer.call('compact', null),
    clearFollowing: () => writer.call('clearFollowing', null),
    followCalls: () => writer.call('followCalls', null),
    ask: (name, input) => readers.reader.call(name, input as never) as never,
    commitStatistics: () => ({ ...statistics }),
    async close() {
      isClosing = true
      await Promise.all([watchers.rules.close(), watchers.previews.close()])
      // It ends with what it is at, unless that takes longer than the console may take to end: it only reads.
      await Promise.race([textIndexer.close(), setTimeout(INDEX_CLOSE_MS, undefined, { ref: false })])
      await indexReader.close()
      await readers.close()
      await writer.call('close', null)
    },
  }
}

/** Where the database of a data folder is. */
export function databaseOf({ dataDir, nativeBinding }: StoreOptions): DatabaseOptions {
  return { file: join(dataDir, DATABASE_FILE), nativeBinding }
}

function prepareFolder(dataDir: string): void {
  try {
    // Prompts are nobody else's business: only the owner may enter.
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    createPrivately(join(dataDir, DATABASE_FILE))
  } catch (error) {
    throw folderNotWritable(dataDir, error)
  }
}

function startThread(
  name: 'writer-thread' | 'reader-thread' | 'watch-thread',
  workerData: DatabaseOptions,
): Worker {
  // From source under Node, which reads TypeScript; from the bundle inside the application.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new Worker(new URL(`./${name}.${extension}`, import.meta.url), {
    name,
    workerData,
    // What an answer is made of is short-lived: without a limit each reader lets it pile up to three times as much.
    ...(name === 'writer-thread' ? {} : { resourceLimits: { maxYoungGenerationSizeMb: READER_YOUNG_MB } }),
  })
}

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type { AlertChanges } from './alerts/alert-changes.ts'
import type { BudgetChange } from './budget.ts'
import { writeBudget } from './budget.ts'
import { compactDatabase } from './care/compact-database.ts'
import { applyRestore } from './care/restore-request.ts'
import type { ChannelChange } from './alerts/channels.ts'
import { writeChannel } from './alerts/channels.ts'
import type { DeliveryMark } from './alerts/deliveries.ts'
import { markDelivery, recoverDeliveries } from './alerts/deliveries.ts'
import type { NewCall } from './call.ts'
import { FOLLOW_AHEAD_MAX } from './call-follower.ts'
import type { CostConfigChange } from './cost-config.ts'
import { writeCostConfig } from './cost-config.ts'
import type { DatabaseOptions, OpenDatabase } from './database.ts'
import { openForWriting } from './database.ts'
import type {
  FeedbackChange,
  NewFeedback,
  OwnFeedbackChange,
  OwnFeedbackProblem,
  TriageOutcome,
  TriageRequest,
  RestoredState,
} from './feedback.ts'
import { holdDataFolder } from './data-folder-lock.ts'
import type { InsertOutcome } from './insert-calls.ts'
import type { NewSpanEvent } from './insert-span-events.ts'
import { insertSpanEvents } from './insert-span-events.ts'
import { migrateToLatest } from './migrations/index.ts'
import type { CostChange } from './reprice-calls.ts'
import type { CallsToForget } from './privacy/forgetter.ts'
import type { SampleFeedback } from './sample/sample-remover.ts'
import type { Expired, ExpiringCall } from './retention/expire-calls.ts'
import type { ArchivedCall } from './retention/archived-call.ts'
import type { Restored } from './retention/restore-calls.ts'
import type { PrunedAlerts, RetentionNote } from './retention/retention-book.ts'
import type { ThreadRequest } from './thread-link.ts'
import { ThreadServer } from './thread-link.ts'
import type { IndexStep } from './text-index/text-index.ts'
import { writeSetting } from './write-setting.ts'
import type { FeedbackOutcome } from './write-feedback.ts'
import type { UpstreamChange } from './write-upstream.ts'
import { writeUpstream } from './write-upstream.ts'
import { createWriters } from './writers.ts'

/**
 * What the writer thread does on request. `insertCalls`, and `insertFeedback`, may be answered together with others: one
 * COMMIT for all.
 */
export type WriterFunctions = {
  insertCalls(calls: NewCall[]): InsertOutcome & CommitTiming
  insertSpanEvents(events: NewSpanEvent[]): void
  insertFeedback(feedback: NewFeedback[]): FeedbackOutcome
  /** @returns whether there is feedback with this id. */
  changeFeedback(change: FeedbackChange): boolean
  /** Changes much feedback alike, in one transaction. */
  triageFeedback(request: TriageRequest): TriageOutcome
  restoreFeedback(items: readonly RestoredState[]): void
  updateOwnFeedback(change: OwnFeedbackChange): OwnFeedbackProblem | null
  removeOwnFeedback(request: { id: string }): OwnFeedbackProblem | null
  rememberReviewer(request: { name: string; usedAt: number }): void
  writeSetting(setting: { name: string; value: unknown }): void
  writeUpstream(change: UpstreamChange): void
  /** @returns where the days (UTC) begin that have calls or rollups, epoch ms, ascending. */
  rollupDays(input: null): number[]
  /** Counts the calls of one day again. */
  rebuildDay(request: { dayStart: number }): void
  writeBudget(change: BudgetChange): void
  writeCostConfig(change: CostConfigChange): void
  /** Gives calls another computed cost, in one transaction. */
  repriceCalls(changes: CostChange[]): void
  writeAlerts(changes: AlertChanges): void
  /** Deletes calls by `app_log.id`, in one transaction. @returns how many there were. */
  deleteCalls(ids: number[]): number
  /** Deletes calls so that nothing of them is left in the files once the log is emptied. @returns how many there were. */
  forgetCalls(calls: CallsToForget): number
  /** The same of feedback of a user, or on their calls. @returns how many pieces. */
  forgetFeedback(request: { userId: string; limit: number }): number
  /** Deletes feedback on sample calls. @returns how many pieces, none at the end. */
  removeSampleFeedback(wanted: SampleFeedback): number
  /** Deletes records of alerts. */
  removeAlertRecords(ids: string[]): void
  /** The same of a user's name, in what is kept of alerts. */
  forgetName(request: { name: string; standIn: string }): void
  /** Writes a small database anew. */
  rewriteSmall(input: null): void
  /** Empties the write-ahead log. @returns whether it did. */
  emptyLog(input: null): boolean
  /** Empties the tables that follow the calls. They then fill again by themselves, and sooner by `followCalls`. */
  clearFollowing(input: null): void
  /** Has the tables follow as many calls as are good for one transaction. @returns how many are left, at most. */
  followCalls(input: null): number
  /** Writes a step of the text index. @returns whether it still held. */
  writeTextIndex(step: IndexStep): boolean
  /** Has the text index made anew, little by little. */
  rebuildTextIndex(input: null): void
  /** Deletes calls because of their age, in one transaction; what was counted of them stays. */
  expireCalls(calls: ExpiringCall[]): Expired
  /** Deletes the texts of calls, in one transaction. @returns of how many. */
  dropBodies(calls: ExpiringCall[]): number
  /** Deletes what was counted on a day (UTC) that has no calls. @returns whether it did. */
  dropRollups(request: { dayStart: number }): boolean
  /** Puts archived calls back, in one transaction. */
  restoreCalls(calls: ArchivedCall[]): Restored
  /** @returns the id of the run that the note is about, 0 if it is about days. */
  noteRetention(note: RetentionNote): number
  pruneAlerts(request: { before: number }): PrunedAlerts
  writeChannel(change: ChannelChange): void
  markDelivery(mark: DeliveryMark): void
  recoverDeliveries(request: { now: number }): void
  /** Gives free pages back to the disk. What is to be written meanwhile waits. */
  compact(input: null): void
  close(input: null): void
}

export interface CommitTiming {
  /** Duration of the transaction that stored the batch, together with any others. */
  commitMs: number
  /** True for one batch of each transaction, so that transactions can be counted. */
  isFirstOfCommit: boolean
}

// A transaction larger than this makes the first of its callers wait too long.
const MAX_RECORDS_PER_COMMIT = 5_000

/** Calls that are followed with one transaction, and how long after a commit. */
const FOLLOW_CHUNK = 20_000
const FOLLOW_DELAY_MS = 1_000
/** As many can be looked at in the time of a sync. */
const CALLS_PER_SYNC = 1_000
/** With so many committed since the last look, ingest has more urgent use of the time. */
const BUSY_CALLS = 5_000

type WriterRequest = ThreadRequest<WriterFunctions>
type RequestOf<Name> = Extract<WriterRequest, { name: Name }>

async function main(): Promise<void> {
  if (!parentPort) throw new Error('the writer runs as a worker thread')
  const port = parentPort
  const options = workerData as DatabaseOptions
  const server = new ThreadServer(port)
  let releaseFolder: (() => void) | undefined
  let database: OpenDatabase
  try {
    releaseFolder = holdDataFolder(options)
    database = await openRestored(options)
  } catch (error) {
    releaseFolder?.()
    server.notReady(error)
    port.close()
    return
  }
  const { kysely } = database
  const {
    alerts,
    deleter,
    expirer,
    feedback,
    follower,
    forgetter,
    inserter,
    rebuilder,
    repricer,
    restorer,
    retentionBook,
    sampleRemover,
    textIndex,
    triage,
  } = createWriters(database)
  if (rebuilder.isOutdated()) rebuilder.rebuildAll()
  const queue: WriterRequest[] = []
  let isWorking = false
  let isClosed = false
  let followTimer: NodeJS.Timeout | undefined
  /** Calls that were committed and are not followed yet. */
  let callsAhead = follower.ahead()
  /** The same when calls were followed last. */
  let callsAheadBefore = callsAhead
  /** Whether calls may have been taken back that left gaps. */
  let mayHaveGaps = true

  const work = async (): Promise<void> => {
    if (isWorking) return
    isWorking = true
    for (let request = queue.shift(); request; request = queue.shift()) {
      try {
        await perform(request)
      } catch (error) {
        server.fail(request.id, error)
      }
    }
    isWorking = false
    followLater()
  }

  /** Follows the next calls; tables that follow are written in the pauses between commits. */
  const follow = (): void => {
    try {
      const taken = follower.catchUp(FOLLOW_CHUNK)
      callsAhead = taken < FOLLOW_CHUNK ? 0 : callsAhead - taken
      if (callsAhead === 0) refill()
    } catch {
      // A full disk, most likely: it goes on with the next calls that can be stored.
      callsAhead = 0
      mayHaveGaps = false
    }
    callsAheadBefore = callsAhead
  }
  const refill = (): void => {
    for (let seen = 0; seen < FOLLOW_CHUNK;) {
      const calls = follower.refill()
      mayHaveGaps = calls !== null
      if (calls === null) return
      // Each has a sync of its own, however few its calls are.
      seen += calls + CALLS_PER_SYNC
    }
  }
  const followLater = (): void => {
    if ((callsAhead === 0 && !mayHaveGaps) || isClosed || followTimer) return
    const isFarAhead = callsAhead > FOLLOW_AHEAD_MAX
    callsAheadBefore = callsAhead
    followTimer = setTimeout(
      () => {
        followTimer = undefined
        if (isClosed) return
        const isBusy = callsAhead - callsAheadBefore > BUSY_CALLS
        if (!isBusy || isFarAhead) follow()
        followLater()
      },
      // Between two of them, calls that wait are stored.
      isFarAhead ? 0 : FOLLOW_DELAY_MS,
    )
  }

  const perform = async (request: WriterRequest): Promise<void> => {
    switch (request.name) {
      case 'insertCalls':
        commitGroup(request)
        break
      case 'insertFeedback':
        commitFeedback(request)
        break
      case 'changeFeedback':
        server.succeed(request.id, feedback.change(request.input))
        break
      case 'triageFeedback':
        server.succeed(request.id, triage.triage(request.input))
        break
      case 'restoreFeedback':
        triage.restore(request.input)
        server.succeed(request.id, undefined)
        break
      case 'updateOwnFeedback':
        server.succeed(request.id, triage.update(request.input))
        break
      case 'removeOwnFeedback':
        server.succeed(request.id, triage.remove(request.input.id))
        break
      case 'rememberReviewer':
        triage.remember(request.input.name, request.input.usedAt)
        server.succeed(request.id, undefined)
        break
      case 'insertSpanEvents':
        await insertSpanEvents(kysely, request.input)
        server.succeed(request.id, undefined)
        break
      case 'writeSetting':
        await writeSetting(kysely, request.input)
        server.succeed(request.id, undefined)
        break
      case 'writeUpstream':
        await writeUpstream(kysely, request.input)
        server.succeed(request.id, undefined)
        break
      case 'rebuildDay':
        rebuilder.rebuildDay(request.input.dayStart)
        server.succeed(request.id, undefined)
        break
      case 'rollupDays':
        server.succeed(request.id, [...rebuilder.days()])
        break
      case 'writeCostConfig':
        await writeCostConfig(kysely, request.input)
        server.succeed(request.id, undefined)
        break
      case 'writeBudget':
        await writeBudget(kysely, request.input)
        server.succeed(request.id, undefined)
        break
      case 'repriceCalls':
        repricer.reprice(request.input)
        mayHaveGaps = true
        server.succeed(request.id, undefined)
        break
      case 'writeAlerts':
        alerts.write(request.input)
        server.succeed(request.id, undefined)
        break
      case 'writeChannel':
        await writeChannel(kysely, request.input)
        server.succeed(request.id, undefined)
        break
      case 'markDelivery':
        await markDelivery(kysely, request.input)
        server.succeed(request.id, undefined)
        break
      case 'recoverDeliveries':
        await recoverDeliveries(kysely, request.input.now)
        server.succeed(request.id, undefined)
        break
      case 'deleteCalls':
        server.succeed(request.id, deleter.delete(request.input))
        mayHaveGaps = true
        break
      case 'writeTextIndex':
        server.succeed(request.id, textIndex.write(request.input))
        break
      case 'rebuildTextIndex':
        textIndex.rebuild()
        server.succeed(request.id, undefined)
        break
      case 'expireCalls':
        // Gaps that it leaves are filled when the day is done: those before it may go, too.
        server.succeed(request.id, expirer.expire(request.input))
        callsAhead = 0
        break
      case 'dropBodies':
        server.succeed(request.id, expirer.dropBodies(request.input))
        break
      case 'dropRollups':
        server.succeed(request.id, expirer.dropRollups(request.input.dayStart))
        break
      case 'restoreCalls':
        server.succeed(request.id, restorer.restore(request.input))
        callsAhead = 0
        break
      case 'noteRetention':
        server.succeed(request.id, retentionBook.note(request.input))
        break
      case 'pruneAlerts':
        server.succeed(request.id, retentionBook.pruneAlerts(request.input.before))
        break
      case 'forgetCalls':
        server.succeed(request.id, forgetter.forgetCalls(request.input))
        mayHaveGaps = true
        break
      case 'forgetFeedback':
        server.succeed(request.id, forgetter.forgetFeedback(request.input))
        break
      case 'removeSampleFeedback':
        server.succeed(request.id, sampleRemover.removeFeedback(request.input))
        break
      case 'removeAlertRecords':
        sampleRemover.removeRecords(request.input)
        server.succeed(request.id, undefined)
        break
      case 'forgetName':
        forgetter.forgetName(request.input)
        // It knows users by their names.
        follower.discard()
        server.succeed(request.id, undefined)
        break
      case 'rewriteSmall':
        forgetter.rewriteSmall()
        server.succeed(request.id, undefined)
        break
      case 'emptyLog':
        server.succeed(request.id, forgetter.emptyLog())
        break
      case 'clearFollowing':
        follower.clear()
        callsAhead = follower.ahead()
        server.succeed(request.id, undefined)
        break
      case 'followCalls':
        follow()
        server.succeed(request.id, callsAhead)
        break
      case 'compact':
        compactDatabase(database)
        server.succeed(request.id, undefined)
        break
      case 'close':
        isClosed = true
        clearTimeout(followTimer)
        followTimer = undefined
        await kysely.destroy()
        releaseFolder?.()
        server.succeed(request.id, undefined)
        port.close()
    }
  }

  const commitGroup = (first: RequestOf<'insertCalls'>): void => {
    const group = takeGroup(first)
    const startedAt = performance.now()
    const results = inserter.insert(group.map((request) => request.input))
    const commitMs = performance.now() - startedAt
    callsAhead += group.reduce((sum, { input }) => sum + input.length, 0)
    results.forEach((result, index) => {
      const id = group[index]?.id
      if (id === undefined) return
      if (result.ok) server.succeed(id, { ...result.outcome, commitMs, isFirstOfCommit: index === 0 })
      else server.fail(id, result.error)
    })
    // Ingest must not outrun what follows for good.
    if (callsAhead > FOLLOW_AHEAD_MAX && callsAhead - callsAheadBefore > FOLLOW_CHUNK) follow()
  }

  const commitFeedback = (first: RequestOf<'insertFeedback'>): void => {
    const group = takeGroup(first)
    feedback.insert(group.map((request) => request.input)).forEach((result, index) => {
      const id = group[index]?.id
      if (id === undefined) return
      if (result.ok) server.succeed(id, result.outcome)
      else server.fail(id, result.error)
    })
  }

  /**
   * Takes every batch of its kind that waits behind the first one with it: the cost of a sync is shared. Calls and
   * feedback may overtake each other.
   */
  const takeGroup = <Request extends RequestOf<'insertCalls' | 'insertFeedback'>>(
    first: Request,
  ): Request[] => {
    takeWaitingMessages()
    const group = [first]
    let size = first.input.length
    const others = queue.splice(0).filter((next) => {
      if (size >= MAX_RECORDS_PER_COMMIT || !isSameKind(next, first)) return true
      size += next.input.length
      group.push(next)
      return false
    })
    queue.push(...others)
    return group
  }

  const takeWaitingMessages = (): void => {
    for (;;) {
      const waiting = receiveMessageOnPort(port)
      if (!waiting) return
      queue.push(waiting.message as WriterRequest)
    }
  }

  port.on('message', (request: WriterRequest) => {
    queue.push(request)
    void work()
  })
  server.ready()
  followLater()
}

function isSameKind<Request extends WriterRequest>(request: WriterRequest, as: Request): request is Request {
  return request.name === as.name
}

/** Puts a backup in the place of the database first, if that was asked for; if it does not open, the old one is back. */
async function openRestored(options: DatabaseOptions): Promise<OpenDatabase> {
  const restored = applyRestore(options)
  if (!restored) return openMigrated(options)
  try {
    const database = await openMigrated(options)
    restored.keep()
    return database
  } catch {
    restored.undo()
    return openMigrated(options)
  }
}

/** Closes the database again if it cannot be used: whoever hears of that may touch its files. */
async function openMigrated(options: DatabaseOptions): Promise<OpenDatabase> {
  const database = openForWriting(options)
  try {
    await migrateToLatest(database)
    return database
  } catch (error) {
    database.sqlite.close()
    throw error
  }
}

void main()

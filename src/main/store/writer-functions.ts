import type { AlertChanges } from './alerts/alert-changes.ts'
import type { ChannelChange } from './alerts/channels.ts'
import { writeChannel } from './alerts/channels.ts'
import type { DeliveryMark } from './alerts/deliveries.ts'
import { markDelivery, recoverDeliveries } from './alerts/deliveries.ts'
import type { BudgetChange } from './budget.ts'
import { writeBudget } from './budget.ts'
import type { NewCall } from './call.ts'
import { compactDatabase } from './care/compact-database.ts'
import type { CostConfigChange } from './cost-config.ts'
import { writeCostConfig } from './cost-config.ts'
import type { OpenDatabase } from './database.ts'
import type {
  FeedbackChange,
  NewFeedback,
  OwnFeedbackChange,
  OwnFeedbackProblem,
  RestoredState,
  TriageOutcome,
  TriageRequest,
} from './feedback.ts'
import type { Following } from './following.ts'
import type { InsertOutcome } from './insert-calls.ts'
import type { NewSpanEvent } from './insert-span-events.ts'
import { insertSpanEvents } from './insert-span-events.ts'
import type { CallsToForget } from './privacy/forgetter.ts'
import type { CostChange } from './reprice-calls.ts'
import type { ArchivedCall } from './retention/archived-call.ts'
import type { Expired, ExpiringCall } from './retention/expire-calls.ts'
import type { Restored } from './retention/restore-calls.ts'
import type { PrunedAlerts, RetentionNote } from './retention/retention-book.ts'
import type { SampleFeedback } from './sample/sample-remover.ts'
import type { IndexStep } from './text-index/text-index.ts'
import type { FeedbackOutcome } from './write-feedback.ts'
import { writeSetting } from './write-setting.ts'
import type { UpstreamChange } from './write-upstream.ts'
import { writeUpstream } from './write-upstream.ts'
import type { Writers } from './writers.ts'

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

/** All that are answered as soon as they are done, each by itself. */
type DirectFunctions = Omit<WriterFunctions, 'insertCalls' | 'insertFeedback' | 'close'>

type Performers = {
  [Name in keyof DirectFunctions]: (
    input: Parameters<WriterFunctions[Name]>[0],
  ) => ReturnType<WriterFunctions[Name]> | Promise<ReturnType<WriterFunctions[Name]>>
}

/** What writes calls, and decides when what follows them does. */
export interface WritersAtWork {
  writers: Writers
  following: Following
}

/** @param atWork makes them when they are needed first. */
export function performers(database: OpenDatabase, atWork: () => WritersAtWork): Performers {
  const { kysely } = database
  const writers = () => atWork().writers
  return {
    insertSpanEvents: (events) => insertSpanEvents(kysely, events),
    changeFeedback: (change) => writers().feedback.change(change),
    triageFeedback: (request) => writers().triage.triage(request),
    restoreFeedback: (items) => writers().triage.restore(items),
    updateOwnFeedback: (change) => writers().triage.update(change),
    removeOwnFeedback: ({ id }) => writers().triage.remove(id),
    rememberReviewer: ({ name, usedAt }) => writers().triage.remember(name, usedAt),
    writeSetting: (setting) => writeSetting(kysely, setting),
    writeUpstream: (change) => writeUpstream(kysely, change),
    rollupDays: () => [...writers().rebuilder.days()],
    rebuildDay: ({ dayStart }) => writers().rebuilder.rebuildDay(dayStart),
    writeBudget: (change) => writeBudget(kysely, change),
    writeCostConfig: (change) => writeCostConfig(kysely, change),
    repriceCalls(changes) {
      writers().repricer.reprice(changes)
      atWork().following.leftGaps()
    },
    writeAlerts: (changes) => writers().alerts.write(changes),
    writeChannel: (change) => writeChannel(kysely, change),
    markDelivery: (mark) => markDelivery(kysely, mark),
    recoverDeliveries: ({ now }) => recoverDeliveries(kysely, now),
    forgetCalls(calls) {
      const forgotten = writers().forgetter.forgetCalls(calls)
      atWork().following.leftGaps()
      return forgotten
    },
    forgetFeedback: (request) => writers().forgetter.forgetFeedback(request),
    removeSampleFeedback: (wanted) => writers().sampleRemover.removeFeedback(wanted),
    removeAlertRecords: (ids) => writers().sampleRemover.removeRecords(ids),
    forgetName(request) {
      writers().forgetter.forgetName(request)
      // It knows users by their names.
      writers().follower.discard()
    },
    rewriteSmall: () => writers().forgetter.rewriteSmall(),
    emptyLog: () => writers().forgetter.emptyLog(),
    clearFollowing() {
      writers().follower.clear()
      atWork().following.recount()
    },
    followCalls() {
      atWork().following.follow()
      return atWork().following.ahead
    },
    writeTextIndex: (step) => writers().textIndex.write(step),
    rebuildTextIndex: () => writers().textIndex.rebuild(),
    expireCalls(calls) {
      // Gaps that it leaves are filled when the day is done: those before it may go, too.
      const expired = writers().expirer.expire(calls)
      atWork().following.recount()
      return expired
    },
    dropBodies: (calls) => writers().expirer.dropBodies(calls),
    dropRollups: ({ dayStart }) => writers().expirer.dropRollups(dayStart),
    restoreCalls(calls) {
      const restored = writers().restorer.restore(calls)
      atWork().following.recount()
      return restored
    },
    noteRetention: (note) => writers().retentionBook.note(note),
    pruneAlerts: ({ before }) => writers().retentionBook.pruneAlerts(before),
    compact: () => compactDatabase(database),
  }
}

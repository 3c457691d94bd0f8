import type { PackedDurations } from './packed-durations.ts'
import { DurationSum } from './packed-durations.ts'

/** What calls are told apart by; an absent label is ''. */
export interface CallLabels {
  app: string
  appType: string
  provider: string
  model: string
  environment: string
  /** '' unless the call failed. */
  errorType: string
  /** '' also where users are not told apart. */
  userId: string
}

/** What alerts measure of some calls. Sums are integers, so they do not depend on order. */
export interface CallSums {
  requests: number
  errors: number
  unpriced: number
  /** Calls that have a duration. */
  finished: number
  durationUs: number
  totalTokens: number
  costNanos: number
}

/** The sums of some calls together with their durations and times to the first token. */
export interface MeasuredCalls extends CallSums {
  durations: PackedDurations
  ttfts: PackedDurations
}

/** What alerts measure, added up. */
export class CallTotals implements CallSums {
  requests = 0
  errors = 0
  unpriced = 0
  finished = 0
  durationUs = 0
  totalTokens = 0
  costNanos = 0
  readonly durations = new DurationSum()
  readonly ttfts = new DurationSum()

  add(calls: MeasuredCalls): void {
    this.#addSums(calls)
    this.durations.add(calls.durations)
    this.ttfts.add(calls.ttfts)
  }

  /** @param of which distributions are added, too; the others are not asked for. */
  addAll(other: CallTotals, of: { durations: boolean; ttfts: boolean }): void {
    this.#addSums(other)
    if (of.durations) this.durations.addAll(other.durations)
    if (of.ttfts) this.ttfts.addAll(other.ttfts)
  }

  #addSums(sums: CallSums): void {
    this.requests += sums.requests
    this.errors += sums.errors
    this.unpriced += sums.unpriced
    this.finished += sums.finished
    this.durationUs += sums.durationUs
    this.totalTokens += sums.totalTokens
    this.costNanos += sums.costNanos
  }
}

/** Totals of all calls with the same labels. */
export interface LabelTotals {
  labels: CallLabels
  totals: CallTotals
}

import type { CallLabels, CallSums, LabelTotals, MeasuredCalls } from './call-totals.ts'
import { CallTotals } from './call-totals.ts'
import { addDuration, removeDuration, sealDurations } from './packed-durations.ts'

/** What is counted of a call. */
export interface ArrivedCall extends CallLabels {
  isError: boolean
  /** epoch ms */
  startedAt: number
  arrivedAt: number
  durationUs: number | null
  ttftUs: number | null
  totalTokens: number | null
  costNanos: number | null
}

/** A call that started longer before it arrived counts for less time: for its window, from its start on, and this. */
const LATENESS_MS = 15 * 60_000

interface Cell extends MeasuredCalls {
  /** By number: `#labels`. */
  labels: number
  /** Start of the slot in which the calls arrived. */
  arrival: number
}

/**
 * Counts calls by the slot of time in which they arrived, and by their labels, for as long as windows reach back.
 *
 * A window of arrival `[at − length, at)` does not hold calls that started before `at − length − LATENESS_MS`. For a call
 * that came so late this means: it leaves the window when one would that had arrived `LATENESS_MS` after its start. So
 * calls are filed under the earlier of these, and the window is a range of slots, exactly.
 */
export class ArrivalCells {
  readonly #widthMs: number
  readonly #isByUser: boolean
  /** By start of slot; in each by labels, or arrival and labels if that was in a later slot. */
  readonly #slots = new Map<number, Map<number | string, Cell>>()
  readonly #labels: CallLabels[] = []
  readonly #numbers = new Map<string, number>()
  /** Slots up to this one were packed. */
  #sealedUpTo = -Infinity
  /** Slots before this one are forgotten. */
  #from = -Infinity
  #size = 0

  /** @param widthMs of a slot; windows must begin and end with slots. */
  constructor(widthMs: number, options: { isByUser: boolean }) {
    this.#widthMs = widthMs
    this.#isByUser = options.isByUser
  }

  /** How many cells there are. */
  get size(): number {
    return this.#size
  }

  add(call: ArrivedCall): void {
    const cell = this.#cellOf(call)
    if (!cell) return
    count(cell, call, 1)
    if (call.durationUs !== null) cell.durations = addDuration(cell.durations, call.durationUs)
    if (call.ttftUs !== null) cell.ttfts = addDuration(cell.ttfts, call.ttftUs)
  }

  /** Takes back a call that was added. */
  subtract(call: ArrivedCall): void {
    const cell = this.#cellOf(call)
    if (!cell) return
    count(cell, call, -1)
    if (call.durationUs !== null) cell.durations = removeDuration(cell.durations, call.durationUs)
    if (call.ttftUs !== null) cell.ttfts = removeDuration(cell.ttfts, call.ttftUs)
  }

  /** Forgets what no window that ends from then on, and is no longer than `lengthMs`, can hold. */
  prune(at: number, lengthMs: number): void {
    this.#from = Math.max(this.#from, at - lengthMs)
    for (const [slot, cells] of this.#slots) {
      if (slot >= this.#from) continue
      this.#slots.delete(slot)
      this.#size -= cells.size
    }
    this.#seal(at - this.#widthMs)
    if (this.#labels.length > LABELS_KEPT_MIN && this.#labels.length > 4 * this.#size) this.#renumber()
  }

  /**
   * @param at where the windows end, epoch ms
   * @param lengthsMs of the windows
   * @returns by length, the totals of the calls in the window by their labels; none without calls.
   */
  totals(at: number, lengthsMs: readonly number[]): Map<number, LabelTotals[]> {
    const slots = [...this.#slots].filter(([slot]) => slot < at).sort(([a], [b]) => b - a)
    const running = new Map<number, CallTotals>()
    const answers = new Map<number, LabelTotals[]>()
    let next = 0
    const lengths = [...new Set(lengthsMs)].sort((a, b) => a - b)
    for (const lengthMs of lengths) {
      // What the longer windows go on adding to is copied for the shorter ones.
      const isLongest = lengthMs === lengths.at(-1)
      for (let entry = slots[next]; entry && entry[0] >= at - lengthMs; entry = slots[(next += 1)]) {
        for (const cell of entry[1].values()) {
          // What arrived while the question was on its way.
          if (cell.arrival >= at || cell.requests === 0) continue
          let totals = running.get(cell.labels)
          if (!totals) running.set(cell.labels, (totals = new CallTotals()))
          totals.add(cell)
        }
      }
      answers.set(
        lengthMs,
        [...running].flatMap(([number, totals]) => {
          const labels = this.#labels[number]
          return labels ? [{ labels, totals: isLongest ? totals : copyOf(totals) }] : []
        }),
      )
    }
    return answers
  }

  /** @returns undefined if no window holds the call any more. */
  #cellOf(call: ArrivedCall): Cell | undefined {
    const arrival = this.#slotOf(call.arrivedAt)
    const slot = this.#slotOf(Math.min(call.arrivedAt, call.startedAt + LATENESS_MS))
    if (slot < this.#from) return undefined
    let cells = this.#slots.get(slot)
    if (!cells) this.#slots.set(slot, (cells = new Map<number | string, Cell>()))
    const labels = this.#numberOf(call)
    const key = slot === arrival ? labels : `${arrival}/${labels}`
    let cell = cells.get(key)
    if (!cell) {
      cell = { labels, arrival, ...NOTHING, durations: null, ttfts: null }
      cells.set(key, cell)
      this.#size += 1
    }
    return cell
  }

  #slotOf(time: number): number {
    return Math.floor(time / this.#widthMs) * this.#widthMs
  }

  #numberOf(call: CallLabels): number {
    const { app, appType, provider, model, environment, errorType } = call
    const userId = this.#isByUser ? call.userId : ''
    const parts = [app, appType, provider, model, environment, errorType, userId]
    // With the lengths in front no two combinations have the same key, whatever is in the labels.
    const key = `${parts.map(({ length }) => length).join()}:${parts.join('')}`
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#labels.push({ app, appType, provider, model, environment, errorType, userId }) - 1
    this.#numbers.set(key, number)
    return number
  }

  #seal(upTo: number): void {
    for (const [slot, cells] of this.#slots) {
      if (slot >= upTo || slot < this.#sealedUpTo) continue
      for (const cell of cells.values()) {
        cell.durations = sealDurations(cell.durations)
        cell.ttfts = sealDurations(cell.ttfts)
      }
    }
    this.#sealedUpTo = Math.max(this.#sealedUpTo, upTo)
  }

  /** Forgets labels that no cell has any more. */
  #renumber(): void {
    const old = [...this.#labels]
    this.#labels.length = 0
    this.#numbers.clear()
    for (const [slot, cells] of this.#slots) {
      const renumbered = new Map<number | string, Cell>()
      for (const cell of cells.values()) {
        const labels = old[cell.labels]
        if (!labels) continue
        cell.labels = this.#numberOf(labels)
        renumbered.set(slot === cell.arrival ? cell.labels : `${cell.arrival}/${cell.labels}`, cell)
      }
      this.#slots.set(slot, renumbered)
    }
  }
}

const LABELS_KEPT_MIN = 10_000

const NOTHING: CallSums = {
  requests: 0,
  errors: 0,
  unpriced: 0,
  finished: 0,
  durationUs: 0,
  totalTokens: 0,
  costNanos: 0,
}

function count(cell: CallSums, call: ArrivedCall, sign: 1 | -1): void {
  cell.requests += sign
  if (call.isError) cell.errors += sign
  if (call.durationUs !== null) {
    cell.finished += sign
    cell.durationUs += sign * call.durationUs
  }
  cell.totalTokens += sign * (call.totalTokens ?? 0)
  if (call.costNanos === null) cell.unpriced += sign
  else cell.costNanos += sign * call.costNanos
}

function copyOf(totals: CallTotals): CallTotals {
  const copy = new CallTotals()
  copy.addAll(totals, { durations: true, ttfts: true })
  return copy
}

import { packPairs, unpackPairs } from './packed-pairs.ts'

/** Guaranteed relative error of a percentile read from a histogram. */
export const HISTOGRAM_RELATIVE_ERROR = 0.01

// The mapping of DDSketch: bin i holds (gamma^(i-1), gamma^i], and the value 2·gamma^i/(gamma+1) differs from every
// value of its bin by at most the relative error. (Masson, Rim, Lee: "DDSketch", PVLDB 12(12), 2019, section 2.)
const GAMMA = (1 + HISTOGRAM_RELATIVE_ERROR) / (1 - HISTOGRAM_RELATIVE_ERROR)
const LOG_GAMMA = Math.log(GAMMA)

/**
 * Counts of durations in logarithmic bins. Two of them merge without loss, and a percentile is within
 * `HISTOGRAM_RELATIVE_ERROR` of the exact nearest-rank one. Durations are whole microseconds.
 */
export class DurationHistogram {
  /** Counts of neighbouring bins; durations of one kind lie close together. */
  #counts = new Float64Array(0)
  /** The bin that the first count is of. */
  #firstBin = 0
  #total = 0

  /** How many durations were added. */
  get total(): number {
    return this.#total
  }

  add(durationUs: number): void {
    this.#addToBin(binOf(durationUs), 1)
  }

  /** Adds many, for which room is made once. */
  addEach(durationsUs: readonly number[]): void {
    if (durationsUs.length === 0) return
    const bins = durationsUs.map(binOf)
    this.#makeRoomFor(
      bins.reduce((a, b) => Math.min(a, b)),
      bins.reduce((a, b) => Math.max(a, b)),
    )
    for (const bin of bins) this.#addToBin(bin, 1)
  }

  /** Takes back a duration that was added. */
  remove(durationUs: number): void {
    this.#addToBin(binOf(durationUs), -1)
  }

  /** Adds everything that another histogram holds. */
  addAll(other: DurationHistogram): void {
    const more = other.#counts
    if (more.length === 0) return
    this.#makeRoomFor(other.#firstBin, other.#firstBin + more.length - 1)
    const counts = this.#counts
    const offset = other.#firstBin - this.#firstBin
    for (let index = 0; index < more.length; index += 1) {
      counts[offset + index] = (counts[offset + index] ?? 0) + (more[index] ?? 0)
    }
    this.#total += other.#total
  }

  /** Counts durations, and takes others back. */
  apply({ bins, counts }: DurationChanges): void {
    for (let index = 0; index < bins.length; index += 1) this.#addToBin(bins[index] ?? 0, counts[index] ?? 0)
  }

  /** Adds everything that an encoded histogram holds. */
  merge(encoded: Uint8Array): void {
    const { length, firsts: bins, seconds } = unpackPairs(encoded)
    if (length === 0) return
    // All of the room at once: to make it bin by bin would copy the counts over and over.
    this.#makeRoomFor(bins[0] ?? 0, bins[length - 1] ?? 0)
    const counts = this.#counts
    const firstBin = this.#firstBin
    let total = 0
    for (let index = 0; index < length; index += 1) {
      const at = (bins[index] ?? 0) - firstBin
      const count = seconds[index] ?? 0
      counts[at] = (counts[at] ?? 0) + count
      total += count
    }
    this.#total += total
  }

  /** Packs the histogram: bins in ascending order, and their counts. Equal histograms give equal bytes. */
  encode(): Uint8Array {
    const counts = this.#counts
    return packPairs(counts.length, (add) => {
      for (let index = 0; index < counts.length; index += 1) {
        const count = counts[index] ?? 0
        if (count !== 0) add(this.#firstBin + index, count)
      }
    })
  }

  /**
   * @param share of the durations that are at most the percentile, in (0, 1].
   * @returns the nearest-rank percentile in microseconds, null when the histogram is empty.
   */
  percentileUs(share: number): number | null {
    const rank = Math.ceil(share * this.#total)
    let seen = 0
    for (let index = 0; index < this.#counts.length; index += 1) {
      const count = this.#counts[index] ?? 0
      seen += count
      if (seen < rank || count === 0) continue
      const bin = this.#firstBin + index
      return bin === 0 ? 1 : (2 * GAMMA ** bin) / (GAMMA + 1)
    }
    return null
  }

  #addToBin(bin: number, count: number): void {
    this.#makeRoomFor(bin, bin)
    const index = bin - this.#firstBin
    this.#counts[index] = (this.#counts[index] ?? 0) + count
    this.#total += count
  }

  #makeRoomFor(first: number, last: number): void {
    const end = this.#firstBin + this.#counts.length
    if (first >= this.#firstBin && last < end) return
    const isEmpty = this.#counts.length === 0
    // Two neighbours rarely come alone, but many histograms hold one duration only.
    const spare = isEmpty ? FIRST_SPARE_BINS : SPARE_BINS
    const firstBin = Math.max(0, (isEmpty ? first : Math.min(first, this.#firstBin)) - spare)
    const counts = new Float64Array((isEmpty ? last : Math.max(last, end - 1)) + 1 + spare - firstBin)
    if (!isEmpty) counts.set(this.#counts, this.#firstBin - firstBin)
    this.#firstBin = firstBin
    this.#counts = counts
  }
}

/** Durations to be counted in histograms, or taken back. A list: it is mostly of a few calls, and goes to many. */
export class DurationChanges {
  readonly bins: number[] = []
  readonly counts: number[] = []

  add(durationUs: number, count: 1 | -1): void {
    this.bins.push(binOf(durationUs))
    this.counts.push(count)
  }

  addAll({ bins, counts }: DurationChanges): void {
    for (let index = 0; index < bins.length; index += 1) {
      this.bins.push(bins[index] ?? 0)
      this.counts.push(counts[index] ?? 0)
    }
  }
}

/** Bins added on each side beyond the one that is needed. */
const FIRST_SPARE_BINS = 4
const SPARE_BINS = 64

function binOf(durationUs: number): number {
  return durationUs <= 1 ? 0 : Math.ceil(Math.log(durationUs) / LOG_GAMMA)
}

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
  readonly #bins = new Map<number, number>()
  #total = 0
  /** The bins in ascending order, until the next one is added. */
  #sorted: [number, number][] | null = null

  /** How many durations were added. */
  get total(): number {
    return this.#total
  }

  add(durationUs: number): void {
    this.#addToBin(binOf(durationUs), 1)
  }

  /** Takes back a duration that was added. */
  remove(durationUs: number): void {
    this.#addToBin(binOf(durationUs), -1)
  }

  /** Adds everything that an encoded histogram holds. */
  merge(encoded: Uint8Array): void {
    let bin = 0
    let offset = 0
    const readVarint = (): number => {
      let value = 0
      let scale = 1
      for (;;) {
        const byte = encoded[offset++]
        if (byte === undefined) throw new RangeError('truncated duration histogram')
        value += (byte & 0x7f) * scale
        if (byte < 0x80) return value
        scale *= 0x80
      }
    }
    while (offset < encoded.length) {
      bin += readVarint()
      this.#addToBin(bin, readVarint())
    }
  }

  /**
   * Packs the histogram: for each bin in ascending order its distance from the one before and its count, both as
   * LEB128 variable-length integers. Equal histograms give equal bytes.
   */
  encode(): Uint8Array {
    const bytes: number[] = []
    const writeVarint = (value: number): void => {
      let rest = value
      while (rest >= 0x80) {
        bytes.push((rest % 0x80) | 0x80)
        rest = Math.floor(rest / 0x80)
      }
      bytes.push(rest)
    }
    let previous = 0
    for (const [bin, count] of this.#sortedBins()) {
      writeVarint(bin - previous)
      writeVarint(count)
      previous = bin
    }
    return Uint8Array.from(bytes)
  }

  /**
   * @param share of the durations that are at most the percentile, in (0, 1].
   * @returns the nearest-rank percentile in microseconds, null when the histogram is empty.
   */
  percentileUs(share: number): number | null {
    const rank = Math.ceil(share * this.#total)
    let seen = 0
    for (const [bin, count] of this.#sortedBins()) {
      seen += count
      if (seen >= rank) return bin === 0 ? 1 : (2 * GAMMA ** bin) / (GAMMA + 1)
    }
    return null
  }

  #sortedBins(): [number, number][] {
    this.#sorted ??= [...this.#bins].sort(([a], [b]) => a - b)
    return this.#sorted
  }

  #addToBin(bin: number, count: number): void {
    const total = (this.#bins.get(bin) ?? 0) + count
    if (total === 0) this.#bins.delete(bin)
    else this.#bins.set(bin, total)
    this.#total += count
    this.#sorted = null
  }
}

function binOf(durationUs: number): number {
  return durationUs <= 1 ? 0 : Math.ceil(Math.log(durationUs) / LOG_GAMMA)
}

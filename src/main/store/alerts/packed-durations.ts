import { DurationHistogram } from '../duration-histogram.ts'

/**
 * The durations of a few calls as small as they can be kept: none, one, several, or a histogram, which is open while calls
 * come in and encoded later. Whole microseconds.
 */
export type PackedDurations = null | number | number[] | DurationHistogram | Uint8Array

/** With more durations than this a histogram is smaller. */
const EXACT_MAX = 32

/** @returns the same durations and one more; it takes the place of what was given. */
export function addDuration(packed: PackedDurations, durationUs: number): PackedDurations {
  if (packed === null) return durationUs
  if (typeof packed === 'number') return [packed, durationUs]
  if (Array.isArray(packed) && packed.length < EXACT_MAX) {
    packed.push(durationUs)
    return packed
  }
  const histogram = toHistogram(packed)
  histogram.add(durationUs)
  return histogram
}

/** @returns the same durations without one of them; it takes the place of what was given. */
export function removeDuration(packed: PackedDurations, durationUs: number): PackedDurations {
  if (packed === null || packed === durationUs) return null
  if (typeof packed === 'number') return packed
  if (Array.isArray(packed)) {
    const index = packed.indexOf(durationUs)
    if (index >= 0) packed.splice(index, 1)
    return packed
  }
  const histogram = toHistogram(packed)
  histogram.remove(durationUs)
  return histogram
}

/** @returns the same durations, to be kept for long. */
export function sealDurations(packed: PackedDurations): PackedDurations {
  return packed instanceof DurationHistogram ? packed.encode() : packed
}

function toHistogram(packed: number[] | DurationHistogram | Uint8Array): DurationHistogram {
  if (packed instanceof DurationHistogram) return packed
  const histogram = new DurationHistogram()
  if (packed instanceof Uint8Array) histogram.merge(packed)
  else for (const durationUs of packed) histogram.add(durationUs)
  return histogram
}

/** With more durations than this a percentile comes from a histogram. */
const EXACT_SUM_MAX = 20_000

/** The durations of many calls together. Percentiles are exact as long as all are known one by one, and are few. */
export class DurationSum {
  #exactUs: number[] = []
  #sortedUs: Float64Array | null = null
  #histogram: DurationHistogram | null = null

  add(packed: PackedDurations): void {
    if (packed === null) return
    if (typeof packed === 'number') this.#addExact(packed)
    else if (Array.isArray(packed)) for (const durationUs of packed) this.#addExact(durationUs)
    else if (packed instanceof Uint8Array) this.#toHistogram().merge(packed)
    else this.#toHistogram().addAll(packed)
  }

  addAll(other: DurationSum): void {
    if (other.#histogram) this.#toHistogram().addAll(other.#histogram)
    else for (const durationUs of other.#exactUs) this.#addExact(durationUs)
  }

  /**
   * @param share of the durations that are at most the percentile, in (0, 1].
   * @returns the nearest-rank percentile in microseconds; null without durations.
   */
  percentileUs(share: number): number | null {
    if (this.#histogram) return this.#histogram.percentileUs(share)
    this.#sortedUs ??= Float64Array.from(this.#exactUs).sort()
    return this.#sortedUs[Math.ceil(share * this.#sortedUs.length) - 1] ?? null
  }

  #addExact(durationUs: number): void {
    this.#sortedUs = null
    if (this.#histogram) this.#histogram.add(durationUs)
    else if (this.#exactUs.push(durationUs) > EXACT_SUM_MAX) this.#toHistogram()
  }

  #toHistogram(): DurationHistogram {
    if (this.#histogram) return this.#histogram
    this.#histogram = new DurationHistogram()
    for (const durationUs of this.#exactUs) this.#histogram.add(durationUs)
    this.#exactUs = []
    return this.#histogram
  }
}

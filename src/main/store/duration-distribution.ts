import { DurationHistogram } from './duration-histogram.ts'

/**
 * The durations of a set of calls, from raw rows, from encoded histograms, or from both. Percentiles are exact as
 * long as every duration came from a raw row, and within the histogram's error otherwise.
 */
export class DurationDistribution {
  readonly #exactUs: number[] = []
  #isSorted = true
  #histogram: DurationHistogram | null = null

  add(durationUs: number): void {
    this.#exactUs.push(durationUs)
    this.#isSorted = false
    this.#histogram?.add(durationUs)
  }

  merge(encodedHistogram: Uint8Array): void {
    if (!this.#histogram) {
      this.#histogram = new DurationHistogram()
      for (const durationUs of this.#exactUs) this.#histogram.add(durationUs)
    }
    this.#histogram.merge(encodedHistogram)
  }

  /**
   * @param share of the durations that are at most the percentile, in (0, 1].
   * @returns the nearest-rank percentile in microseconds: the smallest duration with at least that share of all
   *   durations at or below it; null without durations.
   */
  percentileUs(share: number): number | null {
    if (this.#histogram) return this.#histogram.percentileUs(share)
    if (!this.#isSorted) {
      this.#exactUs.sort((a, b) => a - b)
      this.#isSorted = true
    }
    return this.#exactUs[Math.ceil(share * this.#exactUs.length) - 1] ?? null
  }
}

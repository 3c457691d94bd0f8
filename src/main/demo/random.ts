/** Random numbers that are the same for the same seed. */
export interface Random {
  /** Evenly spread over `[0, 1)`. */
  next(): number
  /** A whole number from least to most, both included. */
  integer(least: number, most: number): number
  pick<T>(items: readonly [T, ...T[]]): T
  /** An item by its weight. */
  weighted<T extends { weight: number }>(items: readonly [T, ...T[]]): T
  /** Log-normal with the given median; sigma is the standard deviation of the logarithm. */
  logNormal(median: number, sigma: number): number
  /** How many events happen where `mean` are expected. */
  poisson(mean: number): number
}

/** Mulberry32 by Tommy Ettinger: 32 bits of state, enough for traffic that only has to look real. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  return {
    next,
    integer,
    pick: (items) => items[integer(0, items.length - 1)] ?? items[0],
    weighted(items) {
      let left = next() * items.reduce((sum, item) => sum + item.weight, 0)
      return items.find((item) => (left -= item.weight) < 0) ?? items[0]
    },
    // Box–Muller.
    logNormal: (median, sigma) =>
      median * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())),
    // Knuth's method; the means here are small.
    poisson(mean) {
      const limit = Math.exp(-mean)
      let events = -1
      for (let product = 1; product > limit; product *= next()) events += 1
      return events
    },
  }
}

/**
 * The console, with an eye on its event loop. Told to over the channel of its parent, it says for how long its main
 * thread was blocked at most since it was last asked.
 *
 *   node scripts/bench/watched-console.ts <data folder>
 */
import { createHistogram } from 'node:perf_hooks'
import { openConsole } from '../../src/main/console.ts'
import { stderrLog } from '../../src/main/log.ts'
import { stolenMs } from './stolen-time.ts'

/** What a parent is told. All in ms. */
export interface LoopDelays {
  /** The longest time for which the main thread was blocked while the machine ran. */
  maxMs: number
  /** The longest time by the clock, whatever it was that stopped. */
  maxByClockMs: number
  /** By the clock. */
  p99Ms: number
}

const TICK_MS = 1

const core = await openConsole({ dataDir: process.argv[2] ?? '', port: 0, log: stderrLog })
const byClock = createHistogram()
let maxMs = 0
let at = performance.now()
let stolen = stolenMs()

function tick(): void {
  const now = performance.now()
  const stolenNow = stolenMs()
  const delay = Math.max(0, now - at - TICK_MS)
  const taken = Math.max(...stolenNow.map((ms, processor) => ms - (stolen[processor] ?? ms)), 0)
  byClock.record(Math.round(delay * 1e6) || 1)
  maxMs = Math.max(maxMs, delay - taken)
  at = now
  stolen = stolenNow
  setTimeout(tick, TICK_MS)
}
tick()

process.on('message', (message) => {
  if (message === 'delays') {
    const delays: LoopDelays = {
      maxMs,
      maxByClockMs: byClock.max / 1e6,
      p99Ms: byClock.percentile(99) / 1e6,
    }
    process.send?.(delays)
    byClock.reset()
    maxMs = 0
  } else {
    void core.close().then(() => process.exit(0))
  }
})
process.send?.({ url: core.url, token: core.token })

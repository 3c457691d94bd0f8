/**
 * The console, with an eye on its event loop. Told to over the channel of its parent, it says for how long its main
 * thread was blocked at most since it was last asked.
 *
 *   node scripts/bench/watched-console.ts <data folder>
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openConsole } from '../../src/main/console.ts'
import { stderrLog } from '../../src/main/log.ts'

const RESOLUTION_MS = 1

const core = await openConsole({ dataDir: process.argv[2] ?? '', port: 0, log: stderrLog })
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delay.enable()

process.on('message', (message) => {
  if (message === 'delays') {
    const ms = (nanoseconds: number) => nanoseconds / 1e6 - RESOLUTION_MS
    process.send?.({ maxMs: ms(delay.max), p99Ms: ms(delay.percentile(99)) })
    delay.reset()
  } else {
    void core.close().then(() => process.exit(0))
  }
})
process.send?.({ url: core.url, token: core.token })

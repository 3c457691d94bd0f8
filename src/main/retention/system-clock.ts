import { uptime } from 'node:os'
import type { RetentionClock } from './clock.ts'

export const systemClock: RetentionClock = {
  now: () => Date.now(),
  // On macOS the time since the start follows the wall clock, and tells nothing of it.
  monotonic: () => (process.platform === 'darwin' ? performance.now() : uptime() * 1_000),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    // A run to come must not keep the process alive.
    timer.unref()
    return () => clearTimeout(timer)
  },
}

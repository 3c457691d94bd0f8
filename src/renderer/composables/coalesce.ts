/**
 * Makes a task that is asked for often run seldom: never twice at once, never sooner than `minIntervalMs` after the
 * last start, and once more if it was asked for while it ran. So the last request is always followed by a run.
 *
 * @param task must not reject.
 */
export function coalesce(
  task: () => Promise<void>,
  minIntervalMs: number,
): {
  /** @param sooner after the last start, in ms, for what somebody waits for. */
  request: (sooner?: number) => void
  stop: () => void
} {
  let isRunning = false
  let isWanted = false
  let isStopped = false
  let lastStartMs = -Infinity
  let intervalMs = minIntervalMs
  let timer: ReturnType<typeof setTimeout> | undefined

  function schedule(): void {
    if (isRunning || isStopped) return
    clearTimeout(timer)
    const waitMs = Math.max(0, lastStartMs + intervalMs - Date.now())
    if (waitMs === 0) void run()
    else timer = setTimeout(() => void run(), waitMs)
  }

  async function run(): Promise<void> {
    timer = undefined
    isRunning = true
    isWanted = false
    intervalMs = minIntervalMs
    lastStartMs = Date.now()
    await task()
    isRunning = false
    if (isWanted) schedule()
  }

  return {
    request(sooner = minIntervalMs) {
      isWanted = true
      intervalMs = Math.min(intervalMs, sooner)
      schedule()
    },
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

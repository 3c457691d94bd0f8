import { setTimeout as sleep } from 'node:timers/promises'

/** Asks until the answer fits, and gives that answer; a condition that never comes fails. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isEnough: (value: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await ask()
    if (isEnough(value)) return value
    if (performance.now() > deadline)
      throw new Error(`not so after ${timeoutMs} ms: ${JSON.stringify(value)}`)
    await sleep(10)
  }
}

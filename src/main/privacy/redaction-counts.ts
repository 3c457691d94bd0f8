import * as z from 'zod'
import type { Store } from '../store/store.ts'

/** Counts what was taken out, over restarts. */
export interface RedactionCounts {
  add(by: string): void
  totals(): Record<string, number>
  /** Writes what was counted. */
  close(): Promise<void>
}

const SETTING = 'redactions'
/** Counts are written so long after one has changed: a killed console forgets the last of them. */
const WRITE_DELAY_MS = 5_000

export function openRedactionCounts(
  store: Pick<Store, 'writeSetting'>,
  stored: ReadonlyMap<string, unknown>,
): RedactionCounts {
  const reading = z.record(z.string(), z.int()).safeParse(stored.get(SETTING))
  const counts = new Map(reading.success ? Object.entries(reading.data) : [])
  const totals = () => Object.fromEntries(counts)
  let timer: NodeJS.Timeout | undefined
  const write = async () => {
    timer = undefined
    try {
      await store.writeSetting(SETTING, totals())
    } catch {
      // A full disk: with the next finding it is tried again.
    }
  }
  return {
    add(by) {
      counts.set(by, (counts.get(by) ?? 0) + 1)
      timer ??= setTimeout(() => void write(), WRITE_DELAY_MS)
      // Nothing waits for a count.
      timer.unref()
    },
    totals,
    async close() {
      if (!timer) return
      clearTimeout(timer)
      await write()
    },
  }
}

import { openSync, readSync } from 'node:fs'
import { platform } from 'node:os'

/** What `/proc/stat` counts in: a hundredth of a second, on every system that Linux is built for today. */
const TICK_MS = 10
/** Which number of a processor's line it is, its name counted: see proc_stat(5). */
const STEAL = 8

const file = platform() === 'linux' ? openSync('/proc/stat', 'r') : undefined
/** The lines of processors come first; a line is at most this long. */
const text = Buffer.alloc(64 * 1024)

/**
 * For how long each processor could not run since the start of the system, as the machine that hosts this one gave it to
 * another: ms, in steps of 10. No program can do anything about it. Empty where the system does not tell.
 */
export function stolenMs(): number[] {
  if (file === undefined) return []
  const lines = text.toString('latin1', 0, readSync(file, text, 0, text.length, 0)).split('\n')
  return lines
    .filter((line) => /^cpu\d/.test(line))
    .map((line) => Number(line.split(' ')[STEAL] ?? 0) * TICK_MS)
}

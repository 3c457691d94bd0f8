import { setPriority } from 'node:os'

/** Of the 19 steps down that Linux knows; one gets a tenth of the processor where others want it all. */
const NICENESS = 10

/**
 * Has the calling thread take the processor only where those do not want it that apps and pages wait for. On Linux, where
 * each thread has a priority of its own; elsewhere it is the whole process's.
 */
export function giveWay(): void {
  if (process.platform === 'linux') setPriority(NICENESS)
}

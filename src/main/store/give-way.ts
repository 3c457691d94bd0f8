import { constants, getPriority, setPriority } from 'node:os'

/** A tenth of the processor beside a thread that does not give way. */
const STEPS = 10

/**
 * Lets other threads go first where processors are few: what a question asks of one must not hold up the thread that
 * takes calls and answers pages. For the thread that calls it, for good.
 *
 * Only on Linux, where a priority is a thread's (setpriority(2), "C library/kernel differences"); elsewhere it would be
 * the process's.
 */
export function giveWay(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(Math.min(getPriority() + STEPS, constants.priority.PRIORITY_LOW))
  } catch {
    // Where a sandbox forbids it, the thread works on as it is.
  }
}

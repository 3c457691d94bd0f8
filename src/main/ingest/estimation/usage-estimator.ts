import { Worker } from 'node:worker_threads'
import { LIMITS } from '#shared/limits.ts'
import type { NewCall } from '../../store/call.ts'
import type { CountableBodies, CountedTokens } from './missing-usage.ts'
import { countableBodies, withCounts } from './missing-usage.ts'

/** Counts the tokens of calls that do not report them, in a thread of its own. */
export interface UsageEstimator {
  /**
   * Gives calls the token counts they lack, as far as they have texts to count. Where that would take too long, or fails,
   * a call stays without and is flagged. Never rejects, and never waits if no call lacks any.
   *
   * @returns the calls in their order.
   */
  estimate(calls: NewCall[]): NewCall[] | Promise<NewCall[]>
  /** Ends the thread. What still waits stays without counts. */
  close(): Promise<void>
}

export interface UsageEstimatorOptions {
  /** Whether calls that lack counts get some. */
  isOn?: () => boolean
  startThread?: () => Worker
  /** Hears why a thread ended. */
  onFailure?: (error: Error) => void
  limits?: Partial<Limits>
}

type Limits = Record<`count${'QueueLength' | 'WaitMs' | 'StartMs' | 'StuckMs' | 'RestartMs'}`, number>

interface Job {
  bodies: CountableBodies
  /** Of its texts, in UTF-16 code units. */
  length: number
  /** Takes its counts, or null if there are none. The first word counts. */
  settle: (counted: CountedTokens | null) => void
}

/** Texts that the thread is given at once: a few tens of milliseconds of work, whatever waits behind them. */
const CHUNK_LENGTH = 256 * 1024

export function createUsageEstimator({
  isOn = () => true,
  startThread = startCounterThread,
  onFailure = () => undefined,
  limits: changedLimits = {},
}: UsageEstimatorOptions = {}): UsageEstimator {
  const limits: Limits = { ...LIMITS, ...changedLimits }
  /** Not yet given to the thread, first come first. */
  let waiting: Job[] = []
  let underWay: { jobs: Job[]; stuck: NodeJS.Timeout } | undefined
  /** Of all texts that wait or are under way. */
  let length = 0
  let thread: Worker | undefined
  /** Whether this thread has: the first answer takes longer. */
  let hasAnswered = false
  let restartAt = 0
  let isClosed = false

  /** Gives the thread what waits longest, if it is free. */
  function goOn(): void {
    if (underWay || waiting.length === 0) return
    const counter = runningThread()
    const jobs = waiting.splice(0, counter ? chunkSize(waiting) : waiting.length)
    if (!counter) return release(jobs, () => null)
    underWay = { jobs, stuck: setTimeout(() => void counter.terminate(), limits.countStuckMs) }
    counter.postMessage(jobs.map(({ bodies }) => bodies))
  }

  function finish(answers: readonly CountedTokens[]): void {
    if (!underWay) return
    const { jobs, stuck } = underWay
    clearTimeout(stuck)
    underWay = undefined
    release(jobs, (index) => answers[index] ?? null)
    goOn()
  }

  function release(jobs: readonly Job[], countedAt: (index: number) => CountedTokens | null): void {
    jobs.forEach((job, index) => {
      length -= job.length
      job.settle(countedAt(index))
    })
  }

  function runningThread(): Worker | undefined {
    if (isClosed || thread || Date.now() < restartAt) return thread
    const started = startThread()
    started.unref()
    started.on('message', (answers: CountedTokens[]) => {
      hasAnswered = true
      finish(answers)
    })
    started.on('error', onFailure)
    // What ended it is not tried again. If it has not counted anything, the next one will hardly do so at once.
    started.on('exit', () => {
      thread = undefined
      if (!hasAnswered) restartAt = Date.now() + limits.countRestartMs
      hasAnswered = false
      finish([])
    })
    return (thread = started)
  }

  /** Settles what was not counted in time, and lets the thread leave out what it has not begun. */
  function giveUp(late: ReadonlySet<Job>): void {
    const dropped = waiting.filter((job) => late.has(job))
    waiting = waiting.filter((job) => !late.has(job))
    release(dropped, () => null)
    for (const job of late) job.settle(null)
  }

  function count(calls: NewCall[], bodies: readonly (CountableBodies | null)[]): Promise<NewCall[]> {
    return new Promise((resolve) => {
      const result = [...calls]
      const open = new Set<Job>()
      for (const [index, call] of calls.entries()) {
        const countable = bodies[index]
        if (!countable) continue
        const job: Job = {
          bodies: countable,
          length: lengthOf(countable),
          settle(counted) {
            if (!open.delete(job)) return
            result[index] = counted ? withCounts(call, counted) : notCounted(call)
            if (open.size > 0) return
            clearTimeout(tooLate)
            resolve(result)
          },
        }
        open.add(job)
      }
      for (const job of open) {
        length += job.length
        waiting.push(job)
      }
      const tooLate = setTimeout(giveUp, hasAnswered ? limits.countWaitMs : limits.countStartMs, open)
      goOn()
    })
  }

  return {
    estimate(calls) {
      if (!isOn()) return calls
      const bodies = calls.map(countableBodies)
      if (bodies.every((countable) => countable === null)) return calls
      return isClosed || length > limits.countQueueLength
        ? calls.map((call, index) => (bodies[index] ? notCounted(call) : call))
        : count(calls, bodies)
    },
    async close() {
      isClosed = true
      giveUp(new Set(waiting))
      await thread?.terminate()
    },
  }
}

function notCounted(call: NewCall): NewCall {
  return { ...call, flags: [...call.flags, 'usage-not-estimated'] }
}

function lengthOf({ prompt, response }: CountableBodies): number {
  return (prompt?.text.length ?? 0) + (response?.text.length ?? 0)
}

/** How many of the jobs make up a chunk: at least one. */
function chunkSize(jobs: readonly Job[]): number {
  let length = 0
  const last = jobs.findIndex((job) => (length += job.length) >= CHUNK_LENGTH)
  return last < 0 ? jobs.length : last + 1
}

function startCounterThread(): Worker {
  // From source under Node, which reads TypeScript; from the bundle inside the application.
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new Worker(new URL(`./counter-thread.${extension}`, import.meta.url), { name: 'counter-thread' })
}

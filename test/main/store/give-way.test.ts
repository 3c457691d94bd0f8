import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, it } from 'vitest'

const THREAD = new URL('../../../src/main/store/reader-thread.ts', import.meta.url)
const workers: Worker[] = []

afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate()
})

/** The nice value of each thread of this process: the 19th field of proc_pid_stat(5). */
function niceValues(): Map<string, number> {
  return new Map(
    readdirSync('/proc/self/task').map((thread) => {
      const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')
      const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return [thread, Number(afterName[16])]
    }),
  )
}

it.runIf(process.platform === 'linux')(
  'makes the thread that answers questions give way, and no other (on Linux, where a thread has a priority)',
  async () => {
    const before = niceValues()
    const main = before.get(String(process.pid)) ?? NaN
    const worker = new Worker(THREAD, { workerData: {} })
    workers.push(worker)
    await once(worker, 'message')

    const after = niceValues()
    expect([...before.keys()].map((thread) => after.get(thread) ?? main)).toEqual([...before.values()])
    expect([...after].filter(([thread, nice]) => !before.has(thread) && nice === main + 10)).toHaveLength(1)
  },
)

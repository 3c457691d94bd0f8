import type { ChildProcess } from 'node:child_process'
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { say } from '../failure.ts'
import { MONTH_END, MONTH_START } from './made-up-month.ts'
import type { LoopDelays } from './watched-console.ts'

const SECONDS = 30
const CALLS_PER_SECOND = 2_000
const CONNECTIONS = 32
const RANGE = `from=${MONTH_START}&to=${MONTH_END}`
/** What the pages ask for, and the largest answers that they get. */
const PATHS = [
  `/v1/monitoring/summary?${RANGE}`,
  `/v1/monitoring/series?${RANGE}&bucket=hour`,
  `/v1/monitoring/series?${RANGE}&bucket=hour&by=model`,
  `/v1/monitoring/breakdown?${RANGE}&by=model`,
  `/v1/monitoring/breakdown?${RANGE}&by=user`,
  '/v1/app-logs?limit=1000',
]

export interface EventLoopDelays extends LoopDelays {
  /** Questions answered meanwhile. */
  answers: number
  /** Calls that came in each second. */
  callsPerSecond: number
}

/**
 * Watches the main thread of the console while calls come in one a request and everything is asked for in turn, without
 * a pause.
 *
 * @param folder a copy that may be written to
 */
export async function watchEventLoop(folder: string): Promise<EventLoopDelays> {
  say(`watching the event loop for ${SECONDS} s`)
  const here = import.meta.dirname
  const core = fork(join(here, 'watched-console.ts'), [folder], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  try {
    const { url, token } = await heard<{ url: string; token: string }>(core)
    // The first answers find nothing compiled and nothing cached.
    await askAll(url, token)
    core.send('delays')
    await heard(core)
    const load = spawn(
      process.execPath,
      [
        join(here, 'load.ts'),
        `${url}/v1/app-logs`,
        String(SECONDS * CALLS_PER_SECOND),
        '1',
        String(CONNECTIONS),
        'native',
        String(CALLS_PER_SECOND),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const loadEnd = once(load, 'exit')
    let said = ''
    load.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk))
    let answers = 0
    while (load.exitCode === null) {
      await askAll(url, token)
      answers += PATHS.length
    }
    await loadEnd
    core.send('delays')
    const delays = await heard<LoopDelays>(core)
    const { callsPerSecond, failures } = JSON.parse(said) as { callsPerSecond: number; failures: number }
    if (failures > 0) throw new Error(`${failures} requests failed`)
    return { ...delays, answers, callsPerSecond }
  } finally {
    const ended = once(core, 'exit')
    core.send('close')
    await ended
  }
}

async function askAll(url: string, token: string): Promise<void> {
  for (const path of PATHS) {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })
    if (answer.status !== 200) throw new Error(`${path} was answered ${answer.status}`)
    await answer.arrayBuffer()
  }
}

async function heard<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, 'message')) as [T]
  return message
}

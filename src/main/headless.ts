import process from 'node:process'
import type { Console } from './console.ts'
import { openConsole } from './console.ts'
import { stderrLog } from './log.ts'
import { readStartOptions } from './options.ts'

async function main(): Promise<void> {
  const options = readStartOptions(process.argv.slice(2), process.env, 'refused')
  let core: Console
  /** Settles when the last restart that was asked for is done. */
  let restarted = Promise.resolve()
  const open = (port: number | undefined) => openConsole({ ...options, port, log: stderrLog, restart })
  const reopen = async (): Promise<void> => {
    stderrLog.info('restarting')
    // The same port, so that apps find it again, also where it was any that was free.
    const port = Number(new URL(core.url).port)
    await core.close()
    core = await open(port)
    stderrLog.info(`the collector listens on ${core.url} again`)
  }
  function restart(): void {
    if (isClosing) return
    restarted = reopen()
    restarted.catch((error: unknown) => {
      stderrLog.error('the console could not start again', error)
      process.exit(1)
    })
  }

  let isClosing = false
  core = await open(options.port)
  const { url, token, dataDir } = core

  const close = (signal: string) => {
    if (isClosing) return
    isClosing = true
    stderrLog.info(`${signal}: closing`)
    restarted
      .then(() => core.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          stderrLog.error('closing failed', error)
          process.exit(1)
        },
      )
  }
  process.on('SIGTERM', close)
  process.on('SIGINT', close)
  // Last: whoever reads this line may end the console at once.
  process.stdout.write(`${JSON.stringify({ ready: true, url, token, dataDir, pid: process.pid })}\n`)
}

main().catch((error: unknown) => {
  stderrLog.error('the console could not start', error)
  process.exit(1)
})

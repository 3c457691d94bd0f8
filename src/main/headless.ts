import process from 'node:process'
import { openConsole } from './console.ts'
import { stderrLog } from './log.ts'
import { readStartOptions } from './options.ts'

async function main(): Promise<void> {
  const options = readStartOptions(process.argv.slice(2), process.env)
  const core = await openConsole({ ...options, log: stderrLog })
  const { url, token, dataDir } = core

  let isClosing = false
  const close = (signal: string) => {
    if (isClosing) return
    isClosing = true
    stderrLog.info(`${signal}: closing`)
    core.close().then(
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

import type { Log } from '../log.ts'
import { describeCrash } from '../log-line.ts'

/**
 * Notes errors that nobody caught. They end what they happened in and nothing else: calls go on to be collected, and
 * what is stored is in threads of its own. Without this Electron would show its own dialog, with whatever the message
 * quotes.
 */
export function logFailures(log: Log): void {
  process.on('uncaughtException', (error) => log.error(`an error was not caught: ${describeCrash(error)}`))
  process.on('unhandledRejection', (reason) =>
    log.error(`a failure was not caught: ${describeCrash(reason)}`),
  )
}

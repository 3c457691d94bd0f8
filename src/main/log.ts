import { describeError, logLine } from './log-line.ts'

/** Where the console writes what an operator may want to know. Never a prompt, a response, a key or a token. */
export interface Log {
  info(message: string): void
  warn(message: string): void
  error(message: string, error?: unknown): void
}

/** @param write takes whole lines. */
export function createLog(write: (line: string) => void): Log {
  return {
    info: (message) => write(logLine(Date.now(), 'info', message)),
    warn: (message) => write(logLine(Date.now(), 'warn', message)),
    error: (message, error) =>
      write(
        logLine(Date.now(), 'error', error === undefined ? message : `${message}: ${describeError(error)}`),
      ),
  }
}

/** Writes to stderr: stdout belongs to the line that says the console is ready. */
export const stderrLog: Log = createLog((line) => process.stderr.write(line))

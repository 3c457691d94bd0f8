import { ConsoleError } from '../src/shared/errors.ts'

/**
 * A problem that the person at the terminal can act on. Its message says what to do, so it is shown alone;
 * any other error is a fault of ours and keeps its stack.
 */
export class Failure extends Error {
  override readonly name = 'Failure'
}

/**
 * Runs a script's main function; shows a Failure, or what the console says of its data, without a stack and leaves with
 * exit code 1.
 */
export async function runScript(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    const isSaid = error instanceof Failure || error instanceof ConsoleError
    console.error(isSaid ? `\n${error.message}` : error)
    process.exitCode = 1
  }
}

/** Scripts talk on stderr: stdout belongs to the program that they start. */
export function say(message: string): void {
  process.stderr.write(`${message}\n`)
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // fetch hides what happened ("ENOTFOUND …") in its cause.
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}

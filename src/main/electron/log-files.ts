import { appendFileSync, chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const NAME = 'llmops-console'

export interface LogFiles {
  folder: string
  /** Appends a whole line. A disk that is full, or a folder that is gone, ends no work: the line is lost. */
  write(line: string): void
}

/**
 * Keeps the log in files that only their owner may read: the newest, and those before it, which were renamed when they
 * were full. What is written is on its way to the disk when the call returns, so that the last words of a crash are there.
 *
 * @param limits.bytes of one file
 * @param limits.files the newest included
 */
export function openLogFiles(folder: string, limits: { bytes: number; files: number }): LogFiles {
  const pathOf = (age: number) => join(folder, age === 0 ? `${NAME}.log` : `${NAME}.${age}.log`)
  const newest = pathOf(0)
  let sizeBytes = 0

  const rotate = (): void => {
    rmSync(pathOf(limits.files - 1), { force: true })
    for (let age = limits.files - 2; age >= 0; age -= 1)
      if (existsSync(pathOf(age))) renameSync(pathOf(age), pathOf(age + 1))
    sizeBytes = 0
  }

  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (existsSync(newest)) {
      sizeBytes = statSync(newest).size
      chmodSync(newest, 0o600)
    }
  } catch {
    // Nowhere to write to: the lines go to stderr, too.
  }

  return {
    folder,
    write(line) {
      const bytes = Buffer.byteLength(line)
      try {
        if (sizeBytes > 0 && sizeBytes + bytes > limits.bytes) rotate()
        appendFileSync(newest, line, { mode: 0o600 })
        sizeBytes += bytes
      } catch {
        // The same.
      }
    },
  }
}

import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Settings } from '#shared/contract/settings.ts'
import { looksSchema } from '#shared/looks.ts'
import type { Log } from '../log.ts'

/** Keeps how the window looks for the next start, whose first page comes before the settings can be read. */
export function keepLooks(file: string, settings: Settings, log: Log): void {
  const text = JSON.stringify(looksSchema.parse(settings))
  try {
    if (readIfThere(file) === text) return
    writeFileSync(`${file}.new`, text, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch (error) {
    log.warn(`how the window looks could not be kept: ${String(error)}`)
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The first file of that name on PATH that we may run, or undefined. (Linux and macOS: no PATHEXT.) */
export function findCommand(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      continue // Not in this folder: look in the next.
    }
  }
  return undefined
}

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The file that tells where the data folder is once it was moved. It is no part of any data folder.
 *
 * @param home the user's home folder.
 */
export function placeFile(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string {
  if (platform === 'darwin') return join(home, 'Library', 'Preferences', 'LLMOps Console', 'place.json')
  if (platform === 'win32')
    return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'LLMOps Console', 'place.json')
  // An empty variable counts as unset (XDG Base Directory Specification, "Environment variables").
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'llmops-console', 'place.json')
}

/**
 * @returns undefined: the data were never moved.
 * @throws Error that says what to do if they are not where they were moved to: an empty folder in their place would look
 *   like a loss.
 */
export function readPlace(file: string): string | undefined {
  if (!existsSync(file)) return undefined
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    content = undefined
  }
  const dataDir = dataDirIn(content)
  if (dataDir === undefined)
    throw new Error(`${file} does not say where the data folder is. Remove it, or start with --data-dir.`)
  if (existsSync(dataDir)) return dataDir
  throw new Error(
    `The data folder ${dataDir} is not there. Attach its disk, start with --data-dir, or remove ${file} to begin anew.`,
  )
}

function dataDirIn(content: unknown): string | undefined {
  if (typeof content !== 'object' || content === null || !('dataDir' in content)) return undefined
  const { dataDir } = content
  return typeof dataDir === 'string' && dataDir !== '' ? dataDir : undefined
}

/** From the moment that it returns, the next start goes there; a power cut does not undo it. */
export function writePlace(file: string, dataDir: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const fresh = `${file}.${process.pid}.new`
  const handle = openSync(fresh, 'w', 0o600)
  writeSync(handle, `${JSON.stringify({ dataDir })}\n`)
  fsyncSync(handle)
  closeSync(handle)
  renameSync(fresh, file)
  // Windows cannot open a folder; there renames are in its journal.
  if (process.platform === 'win32') return
  const folder = openSync(dirname(file), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

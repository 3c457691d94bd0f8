import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PRIVATE = 0o600

/**
 * Where data live when the user names no folder, by the custom of each system.
 *
 * @param home the user's home folder.
 */
export function defaultDataDir(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'LLMOps Console')
  // An empty variable counts as unset (XDG Base Directory Specification, "Environment variables").
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'LLMOps Console')
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'llmops-console')
}

/**
 * The files of a data folder that hold a token, or the key of hashes, which is not in the database so that no copy of it
 * tells what was hashed; only their owner may read them.
 */
type TokenFile = 'token' | 'app-token' | 'hash-key'

/** A token of a data folder: the one given, else the one kept, else a new one. The file holds the one in force. */
export function keepToken(dataDir: string, name: TokenFile, given?: string): string {
  const file = join(dataDir, name)
  const kept = readKept(file)
  const token = given ?? kept ?? newToken()
  // What is there already is not written again: a start does not wait for a busy disk.
  if (token === kept) chmodSync(file, PRIVATE)
  else writePrivately(file, `${token}\n`)
  return token
}

/** Puts a new token in place of the one kept. */
export function renewToken(dataDir: string, name: TokenFile): string {
  return keepToken(dataDir, name, newToken())
}

function newToken(): string {
  return randomBytes(32).toString('base64url')
}

function readKept(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Tells scripts where the running instance listens. Holds no secret. */
export interface CollectorAddress {
  url: string
  port: number
  pid: number
  version: string
}

export function writeCollectorAddress(dataDir: string, address: CollectorAddress): void {
  writePrivately(join(dataDir, 'collector.json'), `${JSON.stringify(address)}\n`)
}

export function removeCollectorAddress(dataDir: string): void {
  rmSync(join(dataDir, 'collector.json'), { force: true })
}

/** Readers see the old file or the new one, never half of it. */
function writePrivately(file: string, text: string): void {
  const fresh = `${file}.${process.pid}.new`
  try {
    writeFileSync(fresh, text, { mode: PRIVATE })
    renameSync(fresh, file)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  }
}

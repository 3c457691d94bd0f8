/**
 * The folder for what is slow to fetch or build (Electron's binary, better-sqlite3's binding). It lies outside
 * node_modules, so that a fresh clone or `npm ci` finds it warm, and several checkouts share it.
 */
import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { homedir, hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export function cacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const override = env['LLMOPS_CACHE_DIR']
  if (override) return override
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'llmops-console')
  if (platform === 'win32') {
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'llmops-console', 'Cache')
  }
  return join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'llmops-console')
}

const heartbeatMs = 2_000
/** A holder that has not touched its lock for so long has died, or its machine has. */
const staleAfterMs = 30_000
const pollMs = 200

export interface LockOptions {
  /** Called once, if someone else holds the lock. */
  onWait?: () => void
}

/**
 * Runs `work` while no other process runs it under the same lock file. A lock whose holder has died is taken
 * over. Should two processes ever take over at the same moment, both work and the later rename loses: wasted
 * time, no damage, because results are only ever renamed into place whole.
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  { onWait }: LockOptions = {},
): Promise<T> {
  await mkdir(dirname(file), { recursive: true })
  let hasSaidSo = false
  while (!(await take(file))) {
    if (await isStale(file)) {
      await rm(file, { force: true })
      continue
    }
    if (!hasSaidSo) onWait?.()
    hasSaidSo = true
    await delay(pollMs)
  }
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimes(file, now, now).catch(() => clearInterval(heartbeat))
  }, heartbeatMs)
  heartbeat.unref()
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    await rm(file, { force: true })
  }
}

async function take(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx')
    await handle.writeFile(`${hostname()} ${process.pid}\n`)
    await handle.close()
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    const [{ mtimeMs }, text] = await Promise.all([stat(file), readFile(file, 'utf8')])
    if (Date.now() - mtimeMs > staleAfterMs) return true
    const [host, pid] = text.trim().split(' ')
    return host === hostname() && pid !== undefined && !isAlive(Number(pid))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false // Released just now: try again.
    throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM' // Alive, and someone else's.
  }
}

/** Renames a finished folder into place. If another process was faster, its result stays and ours goes. */
export async function publish(finished: string, target: string): Promise<void> {
  try {
    await mkdir(dirname(target), { recursive: true })
    await rename(finished, target)
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw error
    await stat(target)
    await rm(finished, { recursive: true, force: true })
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

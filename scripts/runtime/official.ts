/**
 * Electron's official binary, for the version in package.json. The `electron` package has no postinstall: its
 * install.js fetches the binary on demand. Where the release host cannot be reached we want to know within
 * seconds, and only once a day.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure, messageOf, say } from '../failure.ts'
import { withLock } from './cache.ts'
import { npmSettings, useNetworkSettings } from './registry.ts'

export interface OfficialBinary {
  dir: string
  executablePath: string
  version: string
}

const probeTimeoutMs = 8_000
const installTimeoutMs = 20 * 60_000
const remembersForMs = 24 * 60 * 60_000
const releases = 'https://github.com/electron/electron/releases/download/'

/** The binary if install.js has already put it there, judged as install.js judges it. */
export function findOfficial(electronPackage: string): OfficialBinary | undefined {
  try {
    const relativePath = readFileSync(join(electronPackage, 'path.txt'), 'utf8')
    const dir = join(electronPackage, 'dist')
    const executablePath = join(dir, relativePath)
    const version = readFileSync(join(dir, 'version'), 'utf8').trim().replace(/^v/, '')
    const isCurrent = version === packageVersion(electronPackage) && existsSync(executablePath)
    return isCurrent ? { dir, executablePath, version } : undefined
  } catch {
    return undefined // Not installed, or only in part: install.js begins anew.
  }
}

/** Whether the release host was found unreachable within the last day, for this version and this mirror. */
export function isKnownUnreachable(memo: string, url: string, now: number): boolean {
  try {
    const known: unknown = JSON.parse(readFileSync(memo, 'utf8'))
    if (typeof known !== 'object' || known === null || !('url' in known) || !('at' in known)) return false
    return known.url === url && typeof known.at === 'number' && now - known.at < remembersForMs
  } catch {
    return false // No memo, or an unreadable one: ask the host.
  }
}

export interface InstallOptions {
  electronPackage: string
  /** The file that remembers a failure. */
  memo: string
  env: NodeJS.ProcessEnv
}

/** Has install.js fetch the binary. Throws a Failure that says why not, and remembers that. */
export async function installOfficial(options: InstallOptions): Promise<OfficialBinary> {
  const { electronPackage, memo, env } = options
  return withLock(`${memo}.lock`, async () => {
    const present = findOfficial(electronPackage)
    if (present) return present
    const url = probeUrl(packageVersion(electronPackage), env)
    try {
      await probe(url, env)
      say(`Fetching Electron ${packageVersion(electronPackage)} (once)…`)
      await runInstaller(electronPackage, env)
    } catch (error) {
      await mkdir(dirname(memo), { recursive: true })
      await writeFile(memo, JSON.stringify({ url, at: Date.now(), reason: messageOf(error) }))
      throw new Failure(`Electron's official binary is out of reach: ${messageOf(error)}`)
    }
    await rm(memo, { force: true })
    const installed = findOfficial(electronPackage)
    if (!installed)
      throw new Failure(`install.js of the electron package left no binary in ${electronPackage}`)
    return installed
  })
}

/** A small file that lies beside the binary on the release host, or on the mirror that is configured. */
export function probeUrl(version: string, env: NodeJS.ProcessEnv): string {
  const mirror = env['ELECTRON_MIRROR'] ?? env['npm_config_electron_mirror'] ?? releases
  return new URL(`v${version}/SHASUMS256.txt`, mirror.endsWith('/') ? mirror : `${mirror}/`).href
}

async function probe(url: string, env: NodeJS.ProcessEnv): Promise<void> {
  useNetworkSettings(await npmSettings(env), env)
  const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(probeTimeoutMs) })
  if (!response.ok) throw new Error(`${new URL(url).host} answered ${response.status}`)
}

async function runInstaller(electronPackage: string, env: NodeJS.ProcessEnv): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, [join(electronPackage, 'install.js')], {
      // Without the flag, Node's fetch (which install.js uses) passes a configured proxy by.
      env: { ...env, NODE_USE_ENV_PROXY: '1' },
      stdio: ['ignore', process.stderr, process.stderr],
      timeout: installTimeoutMs,
    })
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`install.js ended with ${code}`))))
  })
}

export function packageVersion(electronPackage: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(electronPackage, 'package.json'), 'utf8'))
  if (typeof manifest === 'object' && manifest && 'version' in manifest) return String(manifest.version)
  throw new Error(`no version in ${electronPackage}/package.json`)
}

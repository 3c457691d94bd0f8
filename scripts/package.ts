/**
 * `npm run package`: makes what users install, in `dist/`, for the system that it runs on.
 *
 *   npm run package                            every kind that can be made here; says which cannot, and why
 *   npm run package -- --targets tar.gz,deb    these, or it fails
 *   npm run package -- --targets dir           only the unpacked application
 *
 * Where Electron's own release host is reached, electron-builder fetches the tools that it needs. Where only the npm
 * registry is, the tools of this machine take their place, and the package holds the registry's Electron.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { build, Platform } from 'electron-builder'
import configuration, { sqliteBinary } from '../electron-builder.config.ts'
import { ensureBuild, projectRoot } from './build.ts'
import { resolveElectron, type ElectronRuntime } from './electron-runtime.ts'
import { Failure, runScript, say } from './failure.ts'
import { findCommand } from './find-command.ts'
import { drawIcons } from './package/icons.ts'
import { planTargets } from './package/targets.ts'

export const DIST = join(projectRoot, 'dist')
const SEVEN_ZIPS = ['7zz', '7za', '7z']

/** Makes packages. Returns their files. */
export async function makePackages(wanted?: readonly string[]): Promise<string[]> {
  const runtime = await resolveElectron()
  await ensureBuild()
  const isCut = runtime.kind === 'npm-registry'
  const sevenZip = SEVEN_ZIPS.map((name) => findCommand(name)).find((path) => path !== undefined)
  const dpkgDeb = findCommand('dpkg-deb')
  const plan = planTargets({
    offered: targetsOf(process.platform),
    wanted,
    hasToolHost: !isCut,
    has: { sevenZip: sevenZip !== undefined, dpkgDeb: dpkgDeb !== undefined },
  })
  for (const { target, reason } of plan.leftOut) say(`No ${target} here: ${reason}`)
  if (isCut) {
    say(
      `The package holds Electron ${runtime.version} of the npm registry, which is out of support upstream:`,
    )
    say('for trying out, not for giving away.')
    process.env['ELECTRON_BUILDER_COMPRESSION_LEVEL'] ??= '5'
    if (sevenZip) process.env['ELECTRON_BUILDER_7ZIP_PATH'] = sevenZip
    if (dpkgDeb) process.env['CUSTOM_FPM_PATH'] = join(import.meta.dirname, 'package', 'fpm.ts')
  }
  await drawIcons(join(projectRoot, 'resources', 'icon.svg'), join(projectRoot, 'out', 'icons'))
  const files = await build({
    projectDir: projectRoot,
    targets: Platform.current().createTarget(plan.targets),
    publish: 'never',
    config: { ...configuration, ...(await machineConfiguration(runtime)) },
  })
  const packages = files.filter((file) => !file.endsWith('.blockmap'))
  await writeChecksums(packages)
  return packages
}

async function machineConfiguration(runtime: ElectronRuntime) {
  return {
    electronDist: runtime.dir,
    electronVersion: runtime.version,
    extraMetadata: { homepage: homepage() },
    publish: updateFeed(),
    linux: {
      ...configuration.linux,
      icon: 'png',
      desktop: { entry: { ...configuration.linux.desktop.entry, ...windowClass(runtime.version) } },
    },
    files: [...configuration.files, sqliteBinary(runtime.sqliteBinding)],
    // An unpacked distribution is taken as it is, with what starts it without an application.
    afterPack: async ({ appOutDir }: { appOutDir: string }) => {
      for (const file of ['version', join('resources', 'default_app.asar')])
        await rm(join(appOutDir, file), { force: true })
    },
  }
}

/**
 * How a desktop finds the entry of a window: since Electron 42 by the name of the entry, as electron-builder writes it;
 * in older ones by the name of the product.
 */
function windowClass(electronVersion: string): { StartupWMClass?: string } {
  const isOld = Number.parseInt(electronVersion, 10) < 42
  return isOld ? { StartupWMClass: configuration.productName } : {}
}

/** Where releases look for newer ones; without, they hold no address and ask nobody. */
function updateFeed(): { provider: 'generic'; url: string } | null {
  const url = process.env['LLMOPS_UPDATE_FEED']
  if (!url) return null
  if (!url.startsWith('https://')) throw new Failure('LLMOPS_UPDATE_FEED has to be an https address.')
  return { provider: 'generic', url }
}

/** Packages of Debian name one. */
function homepage(): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env
  return server && repository ? `${server}/${repository}` : 'https://llmops-console.invalid'
}

function targetsOf(platform: NodeJS.Platform): readonly string[] {
  if (platform === 'darwin') return configuration.mac.target
  return platform === 'win32' ? configuration.win.target : configuration.linux.target
}

/** Beside the packages, as `sha256sum --check` reads it. */
async function writeChecksums(files: readonly string[]): Promise<void> {
  if (files.length === 0) return
  const lines = await Promise.all(
    files.map(async (file) => {
      const hash = createHash('sha256')
      await pipeline(createReadStream(file), hash)
      return `${hash.digest('hex')}  ${basename(file)}\n`
    }),
  )
  const name = `SHA256SUMS-${process.platform}-${process.arch}`
  await writeFile(join(DIST, name), lines.sort().join(''))
}

/** Where electron-builder leaves the unpacked application. */
export const UNPACKED = join(
  DIST,
  process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`,
)

if (import.meta.main) {
  await runScript(async () => {
    const { values } = parseArgs({ options: { targets: { type: 'string' } } })
    const startedAt = Date.now()
    const files = await makePackages(values.targets?.split(','))
    if (files.length === 0 && values.targets !== 'dir') throw new Failure('Nothing was made.')
    for (const file of files) say(file)
    say(`Packaged in ${((Date.now() - startedAt) / 1000).toFixed(0)} s.`)
  })
}

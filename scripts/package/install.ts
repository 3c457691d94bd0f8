import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { extract } from 'tar'
import packageJson from '../../package.json' with { type: 'json' }
import { Failure } from '../failure.ts'
import { findCommand } from '../find-command.ts'

export interface InstalledApp {
  /** What was installed. */
  file: string
  sizeBytes: number
  /** The application's folder under the prefix. */
  folder: string
  executable: string
}

const EXECUTABLE = 'llmops-console'
const VERSION: string = packageJson.version

/**
 * Unpacks a package of `dist/` under an empty prefix, as a user's system would under `/`: the Debian package if there is
 * one and a dpkg to unpack it, else the archive.
 */
export async function installPackage(dist: string, prefix: string): Promise<InstalledApp> {
  // Packages of other versions may lie beside.
  const packages = existsSync(dist) ? readdirSync(dist).filter((name) => name.includes(`-${VERSION}-`)) : []
  const deb = packages.find((name) => name.endsWith('.deb'))
  const archive = packages.find((name) => name.endsWith('.tar.gz'))
  const name = deb !== undefined && findCommand('dpkg-deb') !== undefined ? deb : archive
  if (name === undefined) throw new Failure(`There is no package in ${dist}: run \`npm run package\`.`)
  const file = join(dist, name)
  mkdirSync(prefix, { recursive: true })
  if (name === deb) execFileSync('dpkg-deb', ['--extract', file, prefix])
  else await extract({ file, cwd: prefix })
  const folder = readdirSync(prefix, { recursive: true, encoding: 'utf8' })
    .map((path) => join(prefix, path))
    .find((path) => existsSync(join(path, EXECUTABLE)) && existsSync(join(path, 'resources', 'app.asar')))
  if (folder === undefined) throw new Failure(`${file} holds no application.`)
  return { file, sizeBytes: statSync(file).size, folder, executable: join(folder, EXECUTABLE) }
}

/** Bytes of all files under a folder. */
export function sizeOfFolder(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

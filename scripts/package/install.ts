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

/** What of `dist/` can be unpacked here: the Debian package, if there is a dpkg, and the archive. */
export function installablePackages(dist: string): string[] {
  // Packages of other versions may lie beside.
  const packages = existsSync(dist) ? readdirSync(dist).filter((name) => name.includes(`-${VERSION}-`)) : []
  const endings = [...(findCommand('dpkg-deb') === undefined ? [] : ['.deb']), '.tar.gz']
  const found = endings.flatMap((ending) => packages.find((name) => name.endsWith(ending)) ?? [])
  if (found.length === 0) throw new Failure(`There is no package in ${dist}: run \`npm run package\`.`)
  return found.map((name) => join(dist, name))
}

/** Unpacks a package under an empty prefix, as a user's system would under `/`. */
export async function installPackage(file: string, prefix: string): Promise<InstalledApp> {
  mkdirSync(prefix, { recursive: true })
  if (file.endsWith('.deb')) execFileSync('dpkg-deb', ['--extract', file, prefix])
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

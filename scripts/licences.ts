/**
 * The licences of all that is shipped: what `dependencies` of package.json come to by the lockfile, and Electron. Vite puts
 * them into a chunk of its own, which the page asks for when someone wants to read them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'
import { Failure } from './failure.ts'

export interface Licence {
  name: string
  version: string
  /** As SPDX writes it. */
  licence: string
  /** Empty: the package comes without. */
  text: string
}

interface LockedPackage {
  version?: string
  dev?: boolean
  devOptional?: boolean
  optional?: boolean
}

const MODULE = 'virtual:licences'
const RESOLVED = `\0${MODULE}`
const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i
/** Shipped although it is a development dependency: it is what the app runs in. */
const RUNTIME = 'node_modules/electron'

/** @returns by name. @throws Failure if a package does not say under which licence it is. */
export function collectLicences(root: string): Licence[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>
  }
  const shipped = Object.entries(lock.packages).filter(
    ([path, { dev, devOptional }]) => path !== '' && ((!dev && !devOptional) || path === RUNTIME),
  )
  const licences = shipped.flatMap(([path, { optional }]) => {
    const folder = join(root, path)
    // What is for another system is not installed.
    if (!existsSync(folder) && optional) return []
    return [licenceOf(folder)]
  })
  // The same package may be there twice, for two that depend on it.
  const unique = new Map(licences.map((licence) => [`${licence.name}@${licence.version}`, licence]))
  return [...unique.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

function licenceOf(folder: string): Licence {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string
    version: string
    license?: string | { type?: string }
  }
  const licence = typeof license === 'string' ? license : license?.type
  if (!licence) throw new Failure(`${name} does not say under which licence it is.`)
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name))
    .map((entry) => entry.name)
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim())
  return { name, version, licence, text: texts.join('\n\n') }
}

/** Has `import('virtual:licences')` give them. */
export function licencesPlugin(root: string): Plugin {
  return {
    name: 'licences',
    resolveId: (id) => (id === MODULE ? RESOLVED : undefined),
    load: (id) =>
      id === RESOLVED
        ? `export default JSON.parse(${JSON.stringify(JSON.stringify(collectLicences(root)))})`
        : undefined,
  }
}

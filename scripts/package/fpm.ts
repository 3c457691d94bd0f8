#!/usr/bin/env node
/**
 * Stands in for fpm, which electron-builder would fetch from a host that is not the npm registry: it takes the arguments
 * that electron-builder gives for a `.deb`, and has Debian's own dpkg-deb pack them.
 */
import { execFile } from 'node:child_process'
import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs, promisify } from 'node:util'

export interface DebianPackage {
  /** The fields of its control file, but for its size. */
  control: readonly (readonly [field: string, value: string])[]
  /** What goes where; a folder's content, if the source ends with a slash. */
  files: readonly { source: string; target: string }[]
  scripts: { postinst: string; postrm: string }
  output: string
}

const OPTIONS = {
  architecture: { type: 'string' },
  'after-install': { type: 'string' },
  'after-remove': { type: 'string' },
  category: { type: 'string' },
  'deb-compression': { type: 'string' },
  'deb-priority': { type: 'string' },
  'deb-recommends': { type: 'string', multiple: true },
  depends: { type: 'string', short: 'd', multiple: true },
  description: { type: 'string' },
  force: { type: 'boolean' },
  license: { type: 'string' },
  log: { type: 'string' },
  maintainer: { type: 'string' },
  name: { type: 'string' },
  package: { type: 'string' },
  source: { type: 'string', short: 's' },
  target: { type: 'string', short: 't' },
  url: { type: 'string' },
  vendor: { type: 'string' },
  version: { type: 'string' },
} as const

/** Reads fpm's arguments. Throws if they are not of a `.deb`, or if one of them is not known here. */
export function readFpmArguments(args: readonly string[]): DebianPackage {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  if (values.target !== 'deb') throw new Error(`only deb can be made here, not ${values.target ?? 'nothing'}`)
  const given = (
    name: 'architecture' | 'after-install' | 'after-remove' | 'name' | 'package' | 'version',
  ) => {
    const value = values[name]
    if (value === undefined) throw new Error(`--${name} is missing`)
    return value
  }
  const control: [string, string | undefined][] = [
    ['Package', given('name')],
    ['Version', given('version')],
    ['Architecture', given('architecture')],
    ['Maintainer', values.maintainer],
    ['Section', values.category ?? 'devel'],
    ['Priority', values['deb-priority'] ?? 'optional'],
    ['Homepage', values.url],
    ['Depends', values.depends?.join(', ')],
    ['Recommends', values['deb-recommends']?.join(', ')],
    ['Description', values.description && folded(values.description)],
  ]
  return {
    control: control.flatMap(([field, value]) => (value ? [[field, value] as const] : [])),
    files: positionals.map((pair) => {
      const at = pair.lastIndexOf('=')
      if (at < 1) throw new Error(`${pair} does not say where it goes`)
      return { source: pair.slice(0, at), target: pair.slice(at + 1) }
    }),
    scripts: { postinst: given('after-install'), postrm: given('after-remove') },
    output: given('package'),
  }
}

/** The first line is the summary; each later one begins with a space, and an empty one is a dot. */
function folded(text: string): string {
  const [summary = '', ...rest] = text.split('\n').map((line) => line.trim())
  return [summary, ...rest.map((line) => ` ${line || '.'}`)].join('\n')
}

async function pack({ control, files, scripts, output }: DebianPackage): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'llmops-deb-'))
  try {
    for (const { source, target } of files) await place(source, join(root, target))
    const sizeKiB = Math.ceil((await sizeOf(root)) / 1024)
    await mkdir(join(root, 'DEBIAN'))
    const fields = [
      ...control.slice(0, -1),
      ['Installed-Size', String(sizeKiB)] as const,
      ...control.slice(-1),
    ]
    await writeFile(
      join(root, 'DEBIAN', 'control'),
      fields.map(([field, value]) => `${field}: ${value}\n`).join(''),
    )
    for (const [name, script] of Object.entries(scripts)) {
      await copyFile(script, join(root, 'DEBIAN', name))
      await chmod(join(root, 'DEBIAN', name), 0o755)
    }
    await chmod(root, 0o755)
    // A stand-in's package is for trying out: level 6 takes five times as long for a tenth less.
    await promisify(execFile)('dpkg-deb', ['--root-owner-group', '-Zxz', '-z2', '--build', root, output])
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function place(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o755 })
  await cp(source, target, { recursive: true, verbatimSymlinks: true })
  // A temporary file of electron-builder is its owner's alone.
  if (!source.endsWith('/')) await chmod(target, 0o644)
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

if (import.meta.main) await pack(readFpmArguments(process.argv.slice(2)))

/**
 * Builds the app into out/ if what it is built from has changed since. The stamp holds a digest of the inputs'
 * contents (not their times: a fresh checkout or a switch of branches must not fool it), is taken before the
 * build and written after it, so an interrupted build, or an edit during one, leaves it stale.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Failure, runScript, say } from './failure.ts'
import { withLock } from './runtime/cache.ts'

const inputFolders = ['src', 'resources']
const inputFiles = /^(electron\.vite\.config\.ts|tsconfig.*\.json|package\.json|package-lock\.json)$/

export const projectRoot = resolve(import.meta.dirname, '..')

/** Builds if needed; about 50 ms if not. Throws a Failure with the build's output if it fails. */
export async function ensureBuild(root = projectRoot): Promise<void> {
  if (isFresh(root, digestInputs(root))) return
  await mkdir(join(root, 'out'), { recursive: true })
  await withLock(join(root, 'out', '.build-lock'), async () => {
    const digest = digestInputs(root)
    if (isFresh(root, digest)) return
    say('Building the app…')
    const startedAt = Date.now()
    await rm(stampOf(root), { force: true })
    await runBuild(root)
    await writeFile(stampOf(root), digest)
    say(`Built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`)
  })
}

/** A digest over names and contents of everything the build reads. */
export function digestInputs(root: string): string {
  const hash = createHash('sha256')
  const add = (path: string) => {
    const content = readFileSync(join(root, path))
    // The length keeps one file's end from being taken for the next one's beginning.
    hash.update(`${path}\0${content.length}\0`).update(content)
  }
  readdirSync(root)
    .filter((name) => inputFiles.test(name))
    .sort()
    .forEach(add)
  for (const folder of inputFolders) {
    if (!existsSync(join(root, folder))) continue
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort()
      .forEach(add)
  }
  return hash.digest('hex')
}

/** For whoever writes another kind of build into out/ (the development server). */
export function forgetBuild(root = projectRoot): void {
  rmSync(stampOf(root), { force: true })
}

function stampOf(root: string): string {
  return join(root, 'out', '.build-stamp')
}

function isFresh(root: string, digest: string): boolean {
  try {
    return readFileSync(stampOf(root), 'utf8') === digest
  } catch {
    return false // Never built, or the last build did not finish.
  }
}

async function runBuild(root: string): Promise<void> {
  const electronVite = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const output: Buffer[] = []
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, [electronVite, 'build'], {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0)
    throw new Failure(`${Buffer.concat(output).toString().trimEnd()}\n\nThe build failed (above).`)
}

if (import.meta.main) await runScript(() => ensureBuild())

/**
 * better-sqlite3's bundled binary needs Node-API 10 (Node 22.14, Electron 35) and crashes in older runtimes.
 * For those this builds it from its own source against the experimental Node-API, which has the same functions
 * there, into the cache. The app opens its databases with that file, named by LLMOPS_SQLITE_BINDING, as
 * better-sqlite3's `nativeBinding`. node_modules is never touched: plain Node goes on using the bundled one.
 */
import { execFile, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Failure, messageOf, say } from './failure.ts'
import { findCommand } from './find-command.ts'
import { cacheFolder, publish, withLock } from './runtime/cache.ts'
import { fetchNodeHeaders, findNodeHeaders } from './runtime/node-headers.ts'

/** The first Electron whose Node (22.14) offers Node-API 10. */
const firstWithNodeApi10 = 35
const bundledDefine = `'NAPI_VERSION=10'`
const experimentalDefines = `'NAPI_EXPERIMENTAL', 'NODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT'`
const shownLogLines = 30
const tools = ['python3', 'make', 'g++']

const resolveFrom = createRequire(import.meta.url)
const bindingName = 'better_sqlite3.node'

/** What decides which binding fits. */
interface ElectronToFit {
  /** `33.2.1` */
  version: string
  executablePath: string
}

/** The path of a binding that fits the runtime; undefined if the bundled one does. */
export async function resolveSqliteBinding(
  runtime: ElectronToFit,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  if (!needsOwnBinding(runtime.version)) return undefined
  const manifestPath = resolveFrom.resolve('better-sqlite3/package.json')
  const { version } = parseManifest(readFileSync(manifestPath, 'utf8'))
  const name = `${version}-electron-${runtime.version}-${process.platform}-${process.arch}`
  const folder = join(cacheFolder(env), 'better-sqlite3', name)
  const binding = join(folder, bindingName)
  if (existsSync(binding)) return binding
  const work = async () => {
    if (existsSync(binding)) return
    checkTools(env)
    say(
      `Building better-sqlite3 ${version} for Electron ${runtime.version}, whose Node is too old for the\n` +
        'bundled binary (about a minute, once)…',
    )
    const startedAt = Date.now()
    // One fixed name: what a killed process left behind is cleared by the next.
    const workshop = `${folder}.new`
    await rm(workshop, { recursive: true, force: true })
    await mkdir(workshop, { recursive: true })
    try {
      await build(dirname(manifestPath), workshop, env)
      await tryOut(runtime.executablePath, dirname(manifestPath), join(workshop, 'result', bindingName))
      await publish(join(workshop, 'result'), folder)
    } finally {
      await rm(workshop, { recursive: true, force: true })
    }
    say(`Built in ${((Date.now() - startedAt) / 1000).toFixed(0)} s: ${binding}`)
  }
  await withLock(`${folder}.lock`, work, {
    onWait: () => say('Another process is building better-sqlite3; waiting for it…'),
  })
  return binding
}

/** An unknown version is taken for a new one: only the registry's runtime is known to be old. */
export function needsOwnBinding(electronVersion: string): boolean {
  const major = Number.parseInt(electronVersion, 10)
  return major < firstWithNodeApi10
}

/** Makes better-sqlite3's build file ask for the experimental Node-API in place of version 10. */
export function withExperimentalNodeApi(bindingGyp: string): string {
  if (!bindingGyp.includes(bundledDefine)) {
    throw new Failure(
      `better-sqlite3's binding.gyp no longer contains ${bundledDefine}: see sqlite-binding.ts.`,
    )
  }
  return bindingGyp.replace(bundledDefine, experimentalDefines)
}

async function build(packageFolder: string, workshop: string, env: NodeJS.ProcessEnv): Promise<void> {
  const source = join(workshop, 'better-sqlite3')
  const addonApi = dirname(createRequire(join(packageFolder, 'x')).resolve('node-addon-api/package.json'))
  await cp(packageFolder, source, {
    recursive: true,
    filter: (path) => !['prebuilds', 'build', 'node_modules'].includes(basename(path)),
  })
  await cp(addonApi, join(source, 'node_modules', 'node-addon-api'), { recursive: true })
  const gyp = join(source, 'binding.gyp')
  await writeFile(gyp, withExperimentalNodeApi(await readFile(gyp, 'utf8')))

  const log = join(workshop, 'build.log')
  const code = await runNodeGyp(source, log, env)
  const built = join(source, 'build', 'Release', bindingName)
  if (code !== 0 || !existsSync(built)) {
    const end = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-shownLogLines).join('\n')
    throw new Failure(
      `${end}\n\nbetter-sqlite3 could not be built (above: the end of the log). ${installHint}`,
    )
  }
  await mkdir(join(workshop, 'result'))
  await cp(built, join(workshop, 'result', bindingName))
}

/** Opens a database with the binding in the runtime itself, so that a bad one never gets into the cache. */
async function tryOut(executablePath: string, packageFolder: string, binding: string): Promise<void> {
  const script = `
    const Database = require(process.argv[1])
    new Database(':memory:', { nativeBinding: process.argv[2] }).prepare('select 1').get()`
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' }
  try {
    await promisify(execFile)(executablePath, ['-e', script, packageFolder, binding], { env })
  } catch (error) {
    throw new Failure(`The better-sqlite3 just built does not work in ${executablePath}: ${messageOf(error)}`)
  }
}

async function runNodeGyp(cwd: string, log: string, env: NodeJS.ProcessEnv): Promise<number | null> {
  const nodeGyp = join(dirname(resolveFrom.resolve('node-gyp/package.json')), 'bin', 'node-gyp.js')
  const headers = findNodeHeaders(env) ?? (await fetchNodeHeaders(dirname(log), env))
  const args = ['rebuild', '--release', '--force_build=1', ...(headers ? [`--nodedir=${headers}`] : [])]
  // The build files call `node`: it must be this one.
  const path = `${dirname(process.execPath)}${delimiter}${env['PATH'] ?? ''}`
  const output = openSync(log, 'w')
  return new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, [nodeGyp, ...args], {
      cwd,
      env: { ...env, PATH: path, JOBS: 'max' },
      stdio: ['ignore', output, output],
    })
    child.on('error', reject)
    child.on('close', resolve)
  }).finally(() => closeSync(output))
}

const installHint =
  process.platform === 'linux'
    ? `It needs a C++ compiler, make and Python. On Debian and Ubuntu:\n  apt-get install -y ${tools.join(' ')}`
    : 'See https://github.com/nodejs/node-gyp#installation for what it needs.'

function checkTools(env: NodeJS.ProcessEnv): void {
  if (process.platform !== 'linux') return
  const missing = tools.filter((tool) => findCommand(tool, env) === undefined)
  if (missing.length > 0)
    throw new Failure(`To build better-sqlite3, ${missing.join(', ')} is missing. ${installHint}`)
}

function parseManifest(text: string): { version: string } {
  const manifest: unknown = JSON.parse(text)
  if (typeof manifest === 'object' && manifest && 'version' in manifest)
    return { version: String(manifest.version) }
  throw new Error('better-sqlite3 has no version')
}

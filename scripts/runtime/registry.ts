/** Where the configured npm registry is, and how this machine reaches it (proxy, certificates). */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setGlobalProxyFromEnv } from 'node:http'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { promisify } from 'node:util'

export interface NpmSettings {
  registry: string
  cafile?: string
  httpsProxy?: string
}

const defaultRegistry = 'https://registry.npmjs.org/'

/** npm puts a setting in the environment of its scripts only if it was set by hand; otherwise npm is asked. */
export async function npmSettings(env: NodeJS.ProcessEnv = process.env): Promise<NpmSettings> {
  const given = env['npm_config_registry']
  if (given) return { registry: given }
  try {
    const npm = env['npm_execpath']
    const [command, leading] = npm ? [process.execPath, [npm]] : ['npm', []]
    const keys = ['registry', 'cafile', 'https-proxy']
    const { stdout } = await promisify(execFile)(command, [...leading, 'config', 'get', ...keys], { env })
    return parseNpmSettings(stdout)
  } catch {
    return { registry: defaultRegistry } // No npm on this machine: the public registry is the best guess.
  }
}

/** Reads the `key=value` lines of `npm config get registry cafile https-proxy`. */
export function parseNpmSettings(output: string): NpmSettings {
  const values = new Map<string, string>()
  for (const line of output.split('\n')) {
    const [, key, value] = /^([a-z-]+)=(.+)$/.exec(line.trim()) ?? []
    if (key && value && value !== 'null' && value !== 'undefined') values.set(key, value)
  }
  const cafile = values.get('cafile')
  const httpsProxy = values.get('https-proxy')
  return {
    registry: values.get('registry') ?? defaultRegistry,
    ...(cafile ? { cafile } : {}),
    ...(httpsProxy ? { httpsProxy } : {}),
  }
}

/** The registry's address of a package's tarball; mirrors and private registries keep the same layout. */
export function tarballUrl(registry: string, name: string, version: string): string {
  const base = registry.endsWith('/') ? registry : `${registry}/`
  const bareName = name.slice(name.indexOf('/') + 1)
  return new URL(`${name}/-/${bareName}-${version}.tgz`, base).href
}

/** Makes `fetch` go the way npm goes: through the same proxy, trusting the same certificates. */
export function useNetworkSettings(
  { cafile, httpsProxy }: Partial<NpmSettings>,
  env: NodeJS.ProcessEnv,
): void {
  setGlobalProxyFromEnv(httpsProxy ? { HTTPS_PROXY: httpsProxy, HTTP_PROXY: httpsProxy, ...env } : env)
  const extra = [...getCACertificates('system'), ...(cafile ? [readFileSync(cafile, 'utf8')] : [])]
  setDefaultCACertificates([...getCACertificates('default'), ...extra])
}

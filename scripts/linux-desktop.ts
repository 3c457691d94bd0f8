/** What Electron asks of a Linux machine beyond packages: a usable sandbox, and libraries that load. */
import { execFile } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const setUidBit = 0o4000

/**
 * Why Chromium's sandbox cannot work here, or undefined if it can. It needs user namespaces (which some systems
 * keep from ordinary programs) or a set-uid helper, and refuses to run as root.
 */
export function needsNoSandbox(electronDir: string): string | undefined {
  if (process.platform !== 'linux') return undefined
  if (process.getuid?.() === 0) return 'it does not work for root.'
  const restrictions = [
    ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1'],
    ['/proc/sys/kernel/unprivileged_userns_clone', '0'],
    ['/proc/sys/user/max_user_namespaces', '0'],
  ] as const
  const restriction = restrictions.find(([file, value]) => contentOf(file) === value)
  if (!restriction) return undefined
  const helper = join(electronDir, 'chrome-sandbox')
  if (isSetUidRoot(helper)) return undefined
  const remedy = `sudo chown root '${helper}' && sudo chmod 4755 '${helper}'`
  return `this system restricts user namespaces (${restriction[0]}).\nTo have it: ${remedy}`
}

function isSetUidRoot(file: string): boolean {
  try {
    const { uid, mode } = statSync(file)
    return uid === 0 && (mode & setUidBit) !== 0
  } catch {
    return false // There is no helper.
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined // This kernel does not have the setting.
  }
}

/** Shared libraries that the loader does not find, as ldd reports them. */
export async function missingLibraries(executablePath: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ldd', [executablePath])
  return parseLdd(stdout)
}

export function parseLdd(output: string): string[] {
  return [...output.matchAll(/^\s*(\S+) => not found$/gm)].flatMap(([, library]) =>
    library ? [library] : [],
  )
}

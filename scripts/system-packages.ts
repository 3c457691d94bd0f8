/**
 * The Debian packages that Electron and its tests need: looks which are missing and, as root and for the tests,
 * installs them. Elsewhere it says what to do, and fails only if the app could not start without.
 */
import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { Failure, runScript, say } from './failure.ts'
import { findCommand } from './find-command.ts'

export type Purpose = 'start' | 'test'

interface SystemPackage {
  /** Names under which distributions have it: `…t64` since Debian 13 and Ubuntu 24.04. */
  names: readonly [string, ...string[]]
  why: string
  /** Installed by another way if this command is there. */
  command?: string
  need: 'app' | 'display' | 'test'
}

const systemPackages: readonly SystemPackage[] = [
  { names: ['xvfb'], command: 'Xvfb', why: 'a display where there is none', need: 'display' },
  { names: ['xauth'], command: 'xauth', why: 'access to that display', need: 'test' },
  { names: ['libnss3'], why: 'Electron: certificates', need: 'app' },
  { names: ['libatk-bridge2.0-0', 'libatk-bridge2.0-0t64'], why: 'Electron: accessibility', need: 'app' },
  { names: ['libcups2', 'libcups2t64'], why: 'Electron: printing', need: 'app' },
  { names: ['libgtk-3-0', 'libgtk-3-0t64'], why: 'Electron: windows and dialogs', need: 'app' },
  { names: ['libgbm1'], why: 'Electron: graphics', need: 'app' },
  { names: ['libasound2', 'libasound2t64'], why: 'Electron: sound', need: 'app' },
  { names: ['dbus'], command: 'dbus-daemon', why: 'a message bus for notifications', need: 'test' },
  { names: ['dbus-bin', 'dbus'], command: 'dbus-monitor', why: 'reads notifications in tests', need: 'test' },
  { names: ['dbus-x11'], command: 'dbus-launch', why: 'a message bus for notifications', need: 'test' },
  { names: ['dunst'], command: 'dunst', why: 'receives notifications in tests', need: 'test' },
  {
    names: ['desktop-file-utils'],
    command: 'desktop-file-validate',
    why: 'checks the entry of a package',
    need: 'test',
  },
  {
    names: ['shared-mime-info'],
    command: 'update-mime-database',
    why: 'types of files in tests',
    need: 'test',
  },
  { names: ['xdg-utils'], command: 'xdg-mime', why: 'asks for them in tests', need: 'test' },
  { names: ['fonts-noto-cjk'], why: 'Chinese text in screenshots', need: 'test' },
]

export interface Machine {
  /** Installed Debian packages; undefined where there is no dpkg. */
  installed: ReadonlySet<string> | undefined
  /** Packages that apt could install now; empty if not known. */
  available: ReadonlySet<string>
  hasCommand: (name: string) => boolean
  hasDisplay: boolean
}

export interface PackagePlan {
  missing: { name: string; why: string }[]
  /** Of those, without which the app does not start at all. */
  essential: string[]
  /** Installs them all, for a person to copy. */
  command: string
}

/** Which packages are missing for a purpose, under the names that this machine's distribution uses. */
export function planPackages(purpose: Purpose, machine: Machine): PackagePlan {
  const { installed, available } = machine
  const wanted = systemPackages.filter(
    ({ need }) => need === 'app' || purpose === 'test' || (need === 'display' && !machine.hasDisplay),
  )
  const lacking = wanted.filter(({ names, command }) => {
    if (command && machine.hasCommand(command)) return false
    // Without dpkg a library's presence cannot be told: Electron's own complaint will tell.
    return installed ? !names.some((name) => installed.has(name)) : command !== undefined
  })
  const nameOf = ({ names }: SystemPackage) => names.find((name) => available.has(name)) ?? names[0]
  const missing = lacking.map((entry) => ({ name: nameOf(entry), why: entry.why }))
  const essential = lacking
    .filter(({ need }) => need === 'app' || (need === 'display' && !machine.hasDisplay))
    .map(nameOf)
  const names = missing.map(({ name }) => name)
  return { missing, essential, command: `${installCommand} ${names.join(' ')}` }
}

const installCommand = 'apt-get install -y --no-install-recommends'

/** Does nothing, fast, if nothing is missing. Throws a Failure if something essential is. */
export async function ensureSystemPackages({ for: purpose }: { for: Purpose }): Promise<void> {
  if (process.platform !== 'linux') return
  let plan = planPackages(purpose, await inspectMachine(false))
  if (plan.missing.length === 0) return
  const isRoot = process.getuid?.() === 0
  const isDebian = findCommand('apt-get') !== undefined
  if (purpose === 'test' && isRoot && isDebian) {
    say('Some system packages are missing; refreshing the package lists…')
    await run('apt-get', ['update', '-qq'])
    // Only now is it known which of the alternative names exist here.
    plan = planPackages(purpose, await inspectMachine(true))
    say(`Installing:${plan.missing.map(({ name, why }) => `\n  ${name} (${why})`).join('')}`)
    const [, ...args] = plan.command.split(' ')
    await run('apt-get', ['-qq', ...args])
    return
  }
  if (isDebian) plan = planPackages(purpose, await inspectMachine(true))
  const list = plan.missing.map(({ name, why }) => `  ${name} (${why})`).join('\n')
  const how = isDebian
    ? `Install them with:\n  ${isRoot ? '' : 'sudo '}${plan.command}`
    : "Install them with your distribution's package manager (the names are Debian's)."
  const message = `Missing on this machine:\n${list}\n${how}`
  if (plan.essential.length > 0) throw new Failure(message)
  say(`${message}\nGoing on without them; what needs them is left out.`)
}

async function inspectMachine(asksApt: boolean): Promise<Machine> {
  const names = systemPackages.flatMap((entry) => entry.names)
  return {
    installed: findCommand('dpkg-query') ? await installedOf(names) : undefined,
    available: asksApt ? await availableOf(names) : new Set(),
    hasCommand: (name) => findCommand(name) !== undefined,
    hasDisplay: Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']),
  }
}

async function installedOf(names: readonly string[]): Promise<Set<string>> {
  // dpkg-query fails if it does not know one of the names, and still lists the others.
  const output = await outputOf('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n', ...names])
  return new Set(
    output.split('\n').flatMap((line) => (line.endsWith(' installed') ? line.split(' ', 1) : [])),
  )
}

async function availableOf(names: readonly string[]): Promise<Set<string>> {
  return parsePolicy(await outputOf('apt-cache', ['policy', ...names]))
}

/** Names with a candidate in the output of `apt-cache policy`. Virtual packages have none. */
export function parsePolicy(output: string): Set<string> {
  const blocks = output.matchAll(/^(\S+):\n {2}Installed: .*\n {2}Candidate: (.*)$/gm)
  return new Set([...blocks].flatMap(([, name, candidate]) => (name && candidate !== '(none)' ? [name] : [])))
}

async function outputOf(command: string, args: string[]): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C' }
  try {
    return (await promisify(execFile)(command, args, { env })).stdout
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string') return error.stdout
    throw error
  }
}

async function run(command: string, args: string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', process.stderr, process.stderr] })
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Failure(`${command} ${args.join(' ')} failed (${code}).`)),
    )
  })
}

if (import.meta.main) {
  await runScript(() => ensureSystemPackages({ for: process.argv[2] === 'start' ? 'start' : 'test' }))
}

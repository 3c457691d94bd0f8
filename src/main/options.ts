import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { DEFAULT_ALERT_INTERVAL_S } from '#shared/limits.ts'
import { defaultDataDir } from './data-folder.ts'
import { placeFile, readPlace } from './relocation/place.ts'

/** How the console is started, whether with a window or without. */
export interface StartOptions {
  dataDir: string
  /** The file that tells where the data folder is; undefined: it is named here, and not asked. */
  placeFile: string | undefined
  /** Absent: the one of the settings. */
  port: number | undefined
  /** Absent: the one kept in the data folder, or a new one. */
  token: string | undefined
  isHidden: boolean
  isDemo: boolean
  /** Whether the first steps come by themselves on a fresh folder. */
  isFirstRunShown: boolean
  /** How often alert rules are checked. */
  alertTiming: { intervalMs: number }
}

const OPTIONS = {
  'data-dir': { type: 'string' },
  port: { type: 'string' },
  token: { type: 'string' },
  hidden: { type: 'boolean' },
  demo: { type: 'boolean' },
} as const

/**
 * Reads the command line and the environment; the command line wins.
 *
 * @param args without the executable and the script.
 * @param others what becomes of arguments that are not the console's: Chromium's own switches arrive on the command line
 *   of the desktop application.
 * @throws Error that says which option is wrong and what it may be.
 */
export function readStartOptions(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  others: 'ignored' | 'refused' = 'ignored',
): StartOptions {
  const { values, tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: OPTIONS,
  })
  if (others === 'refused') refuseOthers(tokens)
  const text = (value: string | boolean | undefined) =>
    typeof value === 'string' && value !== '' ? value : undefined
  const named = text(values['data-dir']) ?? text(env['LLMOPS_DATA_DIR'])
  const place = named === undefined ? placeFile(process.platform, env, homedir()) : undefined
  const remembered = place === undefined ? undefined : readPlace(place)
  return {
    dataDir: resolve(named ?? remembered ?? defaultDataDir(process.platform, env, homedir())),
    placeFile: place,
    port: readPort(text(values.port) ?? text(env['LLMOPS_PORT'])),
    token: text(values.token) ?? text(env['LLMOPS_TOKEN']),
    isHidden: values.hidden === true,
    isDemo: values.demo === true,
    isFirstRunShown: env['LLMOPS_FIRST_RUN'] !== 'off',
    alertTiming: { intervalMs: readSeconds(text(env['LLMOPS_ALERT_INTERVAL_S'])) * 1_000 },
  }
}

/** An argument as parseArgs takes it apart. */
interface Argument {
  kind: 'option' | 'positional' | 'option-terminator'
  name?: string
  rawName?: string
  value?: string | undefined
}

/** A misspelt option must not open another data folder than the one that was meant. */
function refuseOthers(args: readonly Argument[]): void {
  for (const { kind, name = '', rawName, value } of args) {
    if (kind === 'option-terminator') continue
    if (!isOption(name)) {
      const known = Object.keys(OPTIONS).map((option) => `--${option}`)
      throw new Error(`${rawName ?? value} is not an option. There are ${known.join(', ')}.`)
    }
    if (OPTIONS[name].type === 'string' && value === undefined)
      throw new Error(`--${name} must be followed by its value.`)
  }
}

function isOption(name: string): name is keyof typeof OPTIONS {
  return Object.hasOwn(OPTIONS, name)
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new Error('--port must be a number from 0 to 65535; 0 takes any free port.')
}

function readSeconds(text = String(DEFAULT_ALERT_INTERVAL_S)): number {
  if (/^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= 3_600) return Number(text)
  throw new Error('LLMOPS_ALERT_INTERVAL_S must be a whole number of seconds from 1 to 3600.')
}

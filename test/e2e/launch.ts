import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ElectronApplication, Page } from '@playwright/test'
import { _electron, expect } from '@playwright/test'

const projectRoot = join(import.meta.dirname, '../..')

// Each worker has a desktop of its own, for what it launches and for what looks at notifications.
Object.assign(process.env, ownDesktop())

export interface RunningApp {
  app: ElectronApplication
  page: Page
  dataDir: string
  /** The collector's address, read from the data folder like any script would. */
  url: string
  token: string
  /** Everything that the window wrote to its console as error or warning. */
  complaints: string[]
  close: () => Promise<void>
}

export interface LaunchOptions {
  dataDir?: string
  /** Whether the folder is given at the start; if not, it has to be where the environment leads to. Absent: yes. */
  isFolderNamed?: boolean
  args?: string[]
  /** The language the system speaks. */
  language?: 'en' | 'zh-CN'
  colorScheme?: 'light' | 'dark'
  env?: Record<string, string>
  /** Looks at the window before its pages are there. */
  whileOpening?: (page: Page) => Promise<void>
}

/** Starts the real application, unpackaged, on a data folder of its own, and waits for its first page. */
export async function launchApp(options: LaunchOptions = {}): Promise<RunningApp> {
  const dataDir = options.dataDir ?? makeDataDir()
  const launched = await _electron.launch({
    executablePath: electronPath(),
    cwd: projectRoot,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `--lang=${options.language ?? 'en'}`,
      '.',
      ...(options.isFolderNamed === false ? [] : ['--data-dir', dataDir]),
      ...(options.args ?? ['--port', '0']),
    ],
    env: {
      ...stringsOf(process.env),
      // Only its own tests begin with the first steps.
      LLMOPS_FIRST_RUN: 'off',
      LANGUAGE: options.language === 'zh-CN' ? 'zh_CN' : 'en_US',
      ...options.env,
    },
    colorScheme: options.colorScheme ?? 'light',
  })
  const app = askedAgain(launched)
  const page = await app.firstWindow()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await options.whileOpening?.(page)
  // A busy machine starts slowly; that is not what is tested.
  await expect(page.getByRole('main')).toBeVisible({ timeout: 30_000 })
  // The page may be there before the collector is.
  await expect.poll(() => pidInAddress(dataDir), { timeout: 30_000 }).toBe(app.process().pid)
  const { url } = readAddress(dataDir)
  return {
    app,
    page,
    dataDir,
    url,
    token: readFileSync(join(dataDir, 'token'), 'utf8').trim(),
    complaints,
    close: () => app.close(),
  }
}

const TRIES = 3

/** V8 forgets what it was to answer to the debugger, now and then, when it tidies up meanwhile: then it is asked again. */
function askedAgain(app: ElectronApplication): ElectronApplication {
  const evaluate = app.evaluate.bind(app) as (...question: unknown[]) => Promise<unknown>
  return Object.assign(app, {
    async evaluate(...question: unknown[]) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await evaluate(...question)
        } catch (error) {
          if (tries === TRIES || !String(error).includes('garbage collected')) throw error
        }
      }
    },
  })
}

/** Electron, as `npm test` found it. */
export function electronPath(): string {
  const path = process.env['LLMOPS_TEST_ELECTRON']
  if (!path)
    throw new Error('Run the end-to-end tests with "npm run test:e2e": it finds Electron and a display.')
  return path
}

const folders: string[] = []

export function makeDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'llmops-e2e-'))
  folders.push(folder)
  return folder
}

process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

export function readAddress(dataDir: string): { url: string; port: number; pid: number } {
  const address: unknown = JSON.parse(readFileSync(join(dataDir, 'collector.json'), 'utf8'))
  if (
    typeof address === 'object' &&
    address !== null &&
    'url' in address &&
    typeof address.url === 'string' &&
    'port' in address &&
    typeof address.port === 'number' &&
    'pid' in address &&
    typeof address.pid === 'number'
  ) {
    return { url: address.url, port: address.port, pid: address.pid }
  }
  throw new Error('collector.json has another shape')
}

function pidInAddress(dataDir: string): number | undefined {
  try {
    return readAddress(dataDir).pid
  } catch {
    return undefined // It does not listen yet.
  }
}

function ownDesktop(): unknown {
  const desktops: unknown = JSON.parse(process.env['LLMOPS_TEST_DESKTOPS'] ?? '[]')
  return Array.isArray(desktops) ? desktops[Number(process.env['TEST_PARALLEL_INDEX'])] : undefined
}

function stringsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

/**
 * `npm run screenshots`: the pictures of docs/images, taken of the real window over demo traffic: every page in both
 * languages and both themes, 1280 × 800. About two minutes.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ElectronApplication, Page } from '@playwright/test'
import { _electron } from '@playwright/test'
import { ensureBuild, projectRoot } from './build.ts'
import { resolveElectron } from './electron-runtime.ts'
import { Failure, runScript, say } from './failure.ts'
import { needsNoSandbox } from './linux-desktop.ts'
import { shrinkPng } from './screenshots/shrink-png.ts'
import { startVirtualDisplay } from './virtual-display.ts'

const imagesFolder = join(projectRoot, 'docs', 'images')
const LANGUAGES = [
  { name: 'en', label: 'English' },
  { name: 'zh', label: '简体中文' },
] as const
const THEMES = ['light', 'dark'] as const
/** How long the past of the demo may take to be filled. */
const FILLED_WITHIN_MS = 300_000
/** Charts draw a frame or two after their data. */
const DRAWN_MS = 900
const SIZE = { width: 1280, height: 800 }

interface Picture {
  name: string
  route: string
  /** Keys that are pressed on it. */
  keys?: string
}

async function takeScreenshots(): Promise<void> {
  const electron = await resolveElectron()
  await ensureBuild()
  mkdirSync(imagesFolder, { recursive: true })
  const display = process.platform === 'linux' ? await startVirtualDisplay() : undefined
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    LLMOPS_FIRST_RUN: 'off',
    LANGUAGE: 'en_US',
    LLMOPS_ALERT_INTERVAL_S: '1',
    ...(display ? { DISPLAY: display.display } : {}),
    ...(electron.sqliteBinding ? { LLMOPS_SQLITE_BINDING: electron.sqliteBinding } : {}),
  }
  try {
    await withApp([], async ({ page }) => {
      await takeAll(page, [
        { name: 'welcome', route: '/welcome' },
        { name: 'empty', route: '/dashboard' },
      ])
    })
    await withApp(['--demo'], async ({ page, ask }) => {
      await takeAll(page, await prepare(page, ask))
    })
  } finally {
    await display?.stop()
  }

  /** A console of its own, at its size, gone afterwards. */
  async function withApp(
    args: string[],
    use: (app: { page: Page; ask: (path: string, body?: object) => Promise<unknown> }) => Promise<void>,
  ): Promise<void> {
    const dataDir = mkdtempSync(join(tmpdir(), 'llmops-screenshot-'))
    const app: ElectronApplication = await _electron.launch({
      executablePath: electron.executablePath,
      cwd: projectRoot,
      args: [
        ...(needsNoSandbox(electron.dir) ? ['--no-sandbox'] : []),
        '--lang=en',
        '.',
        ...['--data-dir', dataDir, '--port', '0', ...args],
      ],
      env,
      colorScheme: 'light',
    })
    try {
      const page = await app.firstWindow()
      await page.getByRole('main').waitFor()
      await resize(app)
      await use({ page, ask: askerOf(dataDir) })
    } finally {
      await app.close()
      rmSync(dataDir, { recursive: true, force: true })
    }
  }
}

/** Sets the size of the page. The main process may drop an answer while it starts: then it is asked again. */
async function resize(app: ElectronApplication, attempts = 5): Promise<void> {
  try {
    await app.evaluate(({ BrowserWindow }, { width, height }) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(width, height)
    }, SIZE)
  } catch (error) {
    if (attempts === 1) throw error
    await sleep(500)
    await resize(app, attempts - 1)
  }
}

/** Asks over HTTP, as a script of the user would. */
function askerOf(dataDir: string): (path: string, body?: object) => Promise<unknown> {
  const { url } = JSON.parse(readFileSync(join(dataDir, 'collector.json'), 'utf8')) as { url: string }
  const token = readFileSync(join(dataDir, 'token'), 'utf8').trim()
  return async (path, body) => {
    const answer = await fetch(url + path, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    })
    if (!answer.ok) throw new Failure(`${path} was answered with ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
}

/** Waits for the demo, adds what it does not have: a rule that fires and a budget. Answers what to take. */
async function prepare(
  page: Page,
  ask: (path: string, body?: object) => Promise<unknown>,
): Promise<Picture[]> {
  const first = async (path: string) => {
    const { items } = (await ask(path)) as { items: Record<string, unknown>[] }
    return items[0]
  }
  const until = async (what: string, isThere: () => Promise<boolean>) => {
    const endMs = Date.now() + FILLED_WITHIN_MS
    while (!(await isThere())) {
      if (Date.now() > endMs) throw new Failure(`There is no ${what} yet.`)
      await sleep(500)
    }
  }
  // The past is filled batch by batch, oldest first.
  await until('traffic of today', async () => {
    const newest = await first('/v1/app-logs?limit=1')
    return typeof newest?.['startedAt'] === 'number' && newest['startedAt'] > Date.now() - 120_000
  })
  for (const [name, metric, threshold, severity] of [
    ['P95 over 10 s', 'durationP95Ms', 10_000, 'warning'],
    ['Failures over 0.1%', 'failureRate', 0.001, 'critical'],
    ['Tokens over 100,000', 'totalTokens', 100_000, 'info'],
  ]) {
    await ask('/v1/alerts/rules', {
      name,
      severity,
      conditions: [{ metric, comparison: 'gt', threshold, windowMinutes: 1_440 }],
      forMinutes: 0,
      channels: ['inApp'],
    })
  }
  await until('alert of each rule', async () => {
    const { items } = (await ask('/v1/alerts/records?state=firing')) as { items: unknown[] }
    return items.length >= 3
  })

  await open(page, '/costs')
  const suggestion = page.getByRole('button', { name: /^Set .* a month$/ })
  // A budget of a demo that has some already is as good.
  await suggestion.click({ timeout: 15_000 }).catch(() => say('No budget was proposed.'))

  const rated = await first('/v1/feedback?limit=1')
  const record = await first('/v1/alerts/records?limit=1')
  return [
    { name: 'dashboard', route: '/dashboard?range=7d' },
    { name: 'calls', route: '/calls?range=7d' },
    { name: 'call', route: `/calls/${encodeURIComponent(String(rated?.['requestId']))}` },
    { name: 'alerts', route: '/alerts/records' },
    { name: 'alert', route: `/alerts/records/${String(record?.['id'])}` },
    { name: 'rules', route: '/alerts/rules' },
    { name: 'feedback', route: '/feedback?range=7d' },
    { name: 'feedback-statistics', route: '/feedback?range=7d&view=statistics' },
    { name: 'costs', route: '/costs' },
    { name: 'connect', route: '/connect' },
    { name: 'settings', route: '/settings' },
    { name: 'palette', route: '/dashboard?range=7d', keys: 'Control+k' },
  ]
}

/** Each picture in each language and theme, with the language chosen as a user would. */
async function takeAll(page: Page, pictures: readonly Picture[]): Promise<void> {
  for (const language of LANGUAGES) {
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /^(Language|语言)$/ })
      .click()
    await page.getByRole('menuitem', { name: language.label, exact: true }).click()
    await page.getByRole('menu').waitFor({ state: 'hidden' })
    // Nothing lies under the pointer.
    await page.mouse.move(SIZE.width / 2, 2)
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      for (const { name, route, keys } of pictures) {
        // What was chosen by keys shows that it has the focus.
        await page.evaluate('document.activeElement?.blur()')
        await open(page, route)
        if (keys !== undefined) await page.keyboard.press(keys)
        await sleep(DRAWN_MS)
        const file = `${name}-${language.name}-${theme}.png`
        writeFileSync(join(imagesFolder, file), shrinkPng(await page.screenshot()))
        say(`docs/images/${file}`)
        if (keys !== undefined) await page.keyboard.press('Escape')
      }
    }
  }
}

/** Shows a page from its top, and waits until nothing of it loads. */
async function open(page: Page, route: string): Promise<void> {
  await page.evaluate(
    `location.hash = ${JSON.stringify(`#${route}`)}; document.querySelector('main')?.scrollTo(0, 0)`,
  )
  await page.getByRole('main').getByRole('heading', { level: 1 }).first().waitFor()
  const isLoading = () =>
    page.evaluate<boolean>(`document.querySelector('main :is([aria-busy="true"], .skeleton)') !== null`)
  for (let attempt = 0; attempt < 100 && (await isLoading()); attempt += 1) await sleep(100)
}

await runScript(takeScreenshots)

/**
 * `npm run screenshots`: the pictures of docs/images, taken of the real window over demo traffic, in both languages and
 * both themes, 1280 × 800.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from '@playwright/test'
import { ensureBuild, projectRoot } from './build.ts'
import { resolveElectron } from './electron-runtime.ts'
import { runScript, say } from './failure.ts'
import { needsNoSandbox } from './linux-desktop.ts'
import { startVirtualDisplay } from './virtual-display.ts'

const PICTURES = [
  { name: 'overview-en-light', language: 'en', colorScheme: 'light', isDemo: true },
  { name: 'overview-en-dark', language: 'en', colorScheme: 'dark', isDemo: true },
  { name: 'overview-zh-light', language: 'zh-CN', colorScheme: 'light', isDemo: true },
  { name: 'overview-zh-dark', language: 'zh-CN', colorScheme: 'dark', isDemo: true },
  { name: 'welcome-en-light', language: 'en', colorScheme: 'light', isDemo: false },
] as const

const imagesFolder = join(projectRoot, 'docs', 'images')

async function takeScreenshots(): Promise<void> {
  const electron = await resolveElectron()
  await ensureBuild()
  mkdirSync(imagesFolder, { recursive: true })
  const display = process.platform === 'linux' ? await startVirtualDisplay() : undefined
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    LLMOPS_FIRST_RUN: 'off',
    ...(display ? { DISPLAY: display.display } : {}),
    ...(electron.sqliteBinding ? { LLMOPS_SQLITE_BINDING: electron.sqliteBinding } : {}),
  }
  try {
    for (const picture of PICTURES) await take(picture)
  } finally {
    await display?.stop()
  }

  async function take({ name, language, colorScheme, isDemo }: (typeof PICTURES)[number]): Promise<void> {
    const dataDir = mkdtempSync(join(tmpdir(), 'llmops-screenshot-'))
    const app = await _electron.launch({
      executablePath: electron.executablePath,
      cwd: projectRoot,
      args: [
        ...(needsNoSandbox(electron.dir) ? ['--no-sandbox'] : []),
        `--lang=${language}`,
        '.',
        ...['--data-dir', dataDir],
        ...(isDemo ? ['--demo'] : []),
      ],
      env: { ...env, LANGUAGE: language.replace('-', '_') },
      colorScheme,
    })
    const page = await app.firstWindow()
    if (isDemo) {
      await page.evaluate("location.hash = '#/dashboard?range=7d'")
      await page.locator('tbody tr').nth(10).waitFor()
      // The past is filled batch by batch, oldest first: wait until the newest calls are of today.
      const newest = page.getByRole('region', { name: language === 'en' ? 'Newest calls' : '最新调用' })
      await newest
        .locator('time')
        .first()
        .filter({ hasText: /^\d\d:\d\d:\d\d$/ })
        .waitFor()
      // Charts draw a frame after their data.
      await page.waitForTimeout(1_500)
    } else {
      await page.locator('[data-test="curl-command"]').waitFor()
    }
    await page.screenshot({ path: join(imagesFolder, `${name}.png`) })
    await app.close()
    rmSync(dataDir, { recursive: true, force: true })
    say(`docs/images/${name}.png`)
  }
}

await runScript(takeScreenshots)

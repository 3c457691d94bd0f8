import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { everyPage, openPage, settle } from './every-page.ts'
import { motionOf, unmarkedFocusOf } from './keyboard-and-motion.ts'
import type { RunningApp } from './launch.ts'
import { launchApp, makeDataDir } from './launch.ts'
import type { SampleData } from './sample-data.ts'
import { keepOldData, sendSampleData } from './sample-data.ts'

let running: RunningApp
let sample: SampleData
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

/** On a data folder that may be moved, with archives and a backup, and nothing to choose in a dialog of the system. */
async function launch(colorScheme: 'light' | 'dark'): Promise<void> {
  const home = makeDataDir()
  const env = { XDG_DATA_HOME: join(home, 'data'), XDG_CONFIG_HOME: join(home, 'config') }
  running = await launchApp({
    colorScheme,
    dataDir: join(home, 'data', 'llmops-console'),
    isFolderNamed: false,
    env: { ...env, LLMOPS_ALERT_INTERVAL_S: '1' },
  })
  const target = join(home, 'disk')
  mkdirSync(target)
  await running.app.evaluate(({ dialog }, folder) => {
    Reflect.set(dialog, 'showOpenDialog', async () => ({ canceled: false, filePaths: [folder] }))
  }, target)
  await keepOldData(running)
  sample = await sendSampleData(running)
}

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('main').getByRole('button', { name }).first()
const click = (name: string | RegExp) => (page: Page) => button(page, name).click()
const SETTINGS_FILE = JSON.stringify({
  format: 'llmops-console-settings',
  version: 1,
  app: '1.0.0',
  writtenAt: new Date().toISOString(),
  settings: { startPage: 1, isAlertSoundOn: true },
})

interface Overlay {
  on: string
  name: string
  open: (page: Page) => Promise<void>
}

/** What opens over each page, and by what. */
const DIALOGS: Overlay[] = [
  { on: '/', name: 'command palette', open: (page) => page.keyboard.press('Control+k') },
  { on: '/', name: 'shortcuts', open: (page) => page.keyboard.press('?') },
  { on: '/calls', name: 'filters', open: (page) => page.keyboard.press('f') },
  { on: '/calls', name: 'export', open: click(/^Export/) },
  { on: '/calls/sample-1', name: 'deletion of a call', open: click(/^Delete/) },
  { on: '/alerts/records/sample', name: 'resolution', open: click('Resolve…') },
  { on: '/alerts/silences', name: 'silence', open: click(/^Mute/) },
  { on: '/alerts/channels', name: 'channel', open: click('Add a channel') },
  { on: '/costs', name: 'price', open: click('Add a price') },
  { on: '/costs', name: 'budget', open: click('Add a budget') },
  { on: '/settings', name: 'upstream', open: click('Add an upstream') },
  { on: '/settings', name: 'new token', open: click('Make a new one…') },
  { on: '/settings', name: 'pattern', open: click('Add a pattern') },
  { on: '/settings', name: 'preview of deletion', open: click('What would go') },
  {
    on: '/settings',
    name: 'forgetting of a user',
    async open(page) {
      await page.getByLabel('User id').fill('user-1')
      await button(page, 'Look up').click()
      await button(page, 'Forget this user…').click()
    },
  },
  { on: '/settings', name: 'restoring of days', open: click('Restore days…') },
  { on: '/settings', name: 'search of an archive', open: click(/^Look inside/) },
  { on: '/settings', name: 'deletion of an archive', open: click(/^Delete… /) },
  { on: '/settings', name: 'restoring of a backup', open: click(/^Restore the backup/) },
  { on: '/settings', name: 'deletion of a backup', open: click(/^Delete the backup/) },
  { on: '/settings', name: 'licences', open: click('Read them') },
  {
    on: '/settings',
    name: 'move of the data folder',
    open: (page) => page.getByTestId('move-folder').click(),
  },
  {
    on: '/settings',
    name: 'changes of a settings file',
    open: (page) =>
      page
        .getByTestId('settings-file')
        .setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from(SETTINGS_FILE) }),
  },
]

/** The panels and lists that buttons open, with the one that is open. */
const MENUS: Overlay[] = [
  { on: '/', name: 'panels', open: click('Panels') },
  { on: '/', name: 'report', open: click('Save the dashboard') },
  { on: '/', name: 'range', open: (page) => page.getByTestId('time-range').click() },
  { on: '/', name: 'export of a chart', open: click(/^Export “Response time”/) },
  { on: '/', name: 'language', open: (page) => page.getByRole('button', { name: 'Language' }).click() },
  { on: '/', name: 'theme', open: (page) => page.getByRole('button', { name: 'Theme' }).click() },
  { on: '/', name: 'collector', open: (page) => page.getByTestId('collector-indicator').click() },
  { on: '/calls', name: 'columns', open: click('Columns') },
  { on: '/calls', name: 'saved views', open: (page) => page.getByTestId('views').click() },
  {
    on: '/calls/sample-1',
    name: 'what can be copied',
    open: (page) => page.getByTestId('copy-menu').click(),
  },
  { on: '/feedback', name: 'export of feedback', open: click(/^Export “Feedback”/) },
]
const OPEN_MENU = ':is(.panel-pop:popover-open, .el-popper[aria-hidden="false"])'

/** What is wrong on screen, as lines that say where. */
async function violations(page: Page, theme: 'light' | 'dark', within?: string): Promise<string[]> {
  // The legacy mode runs in the page itself: Electron opens no second page for the report.
  const builder = new AxeBuilder({ page }).setLegacyMode(true)
  if (within !== undefined) builder.include(within)
  // Themes differ in colours and in nothing else.
  if (theme === 'dark') builder.withRules(['color-contrast', 'link-in-text-block'])
  const found = await builder.analyze()
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) =>
      `${id}: ${target.join(' ')} ${failureSummary.replace(/\s+/g, ' ')}`.slice(0, 400),
    ),
  )
}

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any page, in any dialog and in any menu in the ${theme} theme, and the keyboard is seen everywhere`, async () => {
    test.setTimeout(420_000)
    await launch(theme)
    const { page } = running
    // Nothing moves for who does not want it; and nothing has to be waited for here.
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const found: Record<string, string[]> = {}
    const note = (name: string, wrong: string[]) => {
      if (wrong.length > 0) found[name] = [...(found[name] ?? []), ...wrong]
    }
    // Themes move alike, and mark the focus alike but for its colour.
    const noteKeyboard = async (name: string, within: string) => {
      if (theme === 'dark') return
      note(name, await motionOf(page, within))
      note(name, await unmarkedFocusOf(page, within))
    }
    for (const route of everyPage(sample)) {
      await openPage(page, route)
      note(route, await violations(page, theme))
      await noteKeyboard(route, route === '/' ? 'body' : 'main')
    }
    expect.soft(found).toEqual({})
    // What an alert is for: whoever sees nothing of the number in the navigation hears of it.
    await expect(page.locator('[aria-live=assertive]')).toContainText('1 alert is firing')
    for (const { on, name, open } of DIALOGS) {
      await openPage(page, on.replace('/records/sample', `/records/${sample.recordId}`))
      await open(page)
      const dialog = page.getByRole('dialog')
      await expect(dialog, name).toBeVisible()
      await settle(page)
      note(name, await violations(page, theme, 'dialog[open]'))
      await expectFocusIn(dialog)
      await noteKeyboard(name, 'dialog[open]')
      await page.keyboard.press('Escape')
      await expect(dialog, name).toHaveCount(0)
    }
    expect.soft(found).toEqual({})
    for (const { on, name, open } of MENUS) {
      await openPage(page, on)
      await open(page)
      const menu = page.locator(OPEN_MENU)
      await expect(menu, name).toBeVisible()
      note(name, await violations(page, theme, OPEN_MENU))
      await noteKeyboard(name, OPEN_MENU)
      await page.keyboard.press('Escape')
      await expect(menu, name).toHaveCount(0)
    }
    expect(found).toEqual({})
  })
}

/** A dialog takes the focus, or the keyboard is still behind it. */
async function expectFocusIn(dialog: Locator): Promise<void> {
  await expect.poll(() => dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
}

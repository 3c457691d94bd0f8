import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { everyPage, openPage, settle } from './every-page.ts'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'
import type { SampleData } from './sample-data.ts'
import { sendSampleData } from './sample-data.ts'

let running: RunningApp
let sample: SampleData
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

async function launch(colorScheme: 'light' | 'dark'): Promise<void> {
  running = await launchApp({ colorScheme, env: { LLMOPS_ALERT_INTERVAL_S: '1' } })
  sample = await sendSampleData(running)
}

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('main').getByRole('button', { name }).first()

/** What opens over each page, and by what. */
const DIALOGS: { on: string; name: string; open: (page: Page) => Promise<void> }[] = [
  { on: '/', name: 'command palette', open: (page) => page.keyboard.press('Control+k') },
  { on: '/', name: 'shortcuts', open: (page) => page.keyboard.press('?') },
  { on: '/calls', name: 'filters', open: (page) => page.keyboard.press('f') },
  { on: '/calls', name: 'export', open: (page) => button(page, /^Export/).click() },
  { on: '/calls/sample-1', name: 'deletion of a call', open: (page) => button(page, /^Delete/).click() },
  { on: '/alerts/records/sample', name: 'resolution', open: (page) => button(page, 'Resolve…').click() },
  { on: '/alerts/silences', name: 'silence', open: (page) => button(page, /^Mute/).click() },
  { on: '/alerts/channels', name: 'channel', open: (page) => button(page, 'Add a channel').click() },
  { on: '/costs', name: 'price', open: (page) => button(page, 'Add a price').click() },
  { on: '/costs', name: 'budget', open: (page) => button(page, 'Add a budget').click() },
  { on: '/settings', name: 'upstream', open: (page) => button(page, 'Add an upstream').click() },
  { on: '/settings', name: 'new token', open: (page) => button(page, 'Make a new one…').click() },
  { on: '/settings', name: 'pattern', open: (page) => button(page, 'Add a pattern').click() },
  { on: '/settings', name: 'preview of deletion', open: (page) => button(page, 'What would go').click() },
]

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
  test(`axe finds nothing on any page and in any dialog in the ${theme} theme`, async () => {
    test.setTimeout(180_000)
    await launch(theme)
    const { page } = running
    const found: Record<string, string[]> = {}
    for (const route of everyPage(sample)) {
      await openPage(page, route)
      const wrong = await violations(page, theme)
      if (wrong.length > 0) found[route] = wrong
    }
    expect.soft(found).toEqual({})
    for (const { on, name, open } of DIALOGS) {
      await openPage(page, on.replace('/records/sample', `/records/${sample.recordId}`))
      await open(page)
      const dialog = page.getByRole('dialog')
      await expect(dialog, name).toBeVisible()
      await settle(page)
      const wrong = await violations(page, theme, 'dialog[open]')
      if (wrong.length > 0) found[name] = wrong
      await expectFocusIn(dialog)
      await page.keyboard.press('Escape')
      await expect(dialog, name).toHaveCount(0)
    }
    expect(found).toEqual({})
  })
}

/** A dialog takes the focus, or the keyboard is still behind it. */
async function expectFocusIn(dialog: Locator): Promise<void> {
  expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
}

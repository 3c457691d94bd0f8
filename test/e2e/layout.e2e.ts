import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { everyPage, openPage } from './every-page.ts'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'
import type { SampleData } from './sample-data.ts'
import { askOf, sendSampleData } from './sample-data.ts'

let running: RunningApp
let sample: SampleData
test.beforeEach(async () => {
  running = await launchApp({ env: { LLMOPS_ALERT_INTERVAL_S: '1' } })
  sample = await sendSampleData(running)
})
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

/** The most that web.dev calls good. */
const MAX_SHIFT = 0.1
/** Where one is led to in the middle of what is still on its way; a page between them has the settings begin anew. */
const SECTIONS_THAT_LOAD = ['upstreams', 'privacy', 'archives', 'backups'].flatMap((section) => [
  '/connect',
  `/settings#${section}`,
])

test('no page moves what one reads while it loads', async () => {
  const { page } = running
  const shifts: Record<string, number> = {}
  await page.evaluate(() => {
    const seen: { value: number; sources: string[] }[] = []
    Object.assign(window, { seenShifts: seen })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number
        hadRecentInput: boolean
        sources: { node: Node | null }[]
      })[]) {
        const sources = entry.sources.map(({ node }) =>
          (node instanceof Element ? node.outerHTML : '').slice(0, 90),
        )
        if (!entry.hadRecentInput) seen.push({ value: entry.value, sources })
      }
    }).observe({ type: 'layout-shift' })
  })
  const takeShifts = () =>
    page.evaluate(() =>
      (window as unknown as { seenShifts: { value: number; sources: string[] }[] }).seenShifts.splice(0),
    )
  for (const route of [...everyPage(sample), ...SECTIONS_THAT_LOAD]) {
    await openPage(page, route)
    const seen = await takeShifts()
    const sum = seen.reduce((total, { value }) => total + value, 0)
    if (sum > MAX_SHIFT) shifts[`${route} ${seen.flatMap(({ sources }) => sources).join('\n')}`] = sum
  }
  expect(shifts).toEqual({})
})

test('texts that are 40 % longer push nothing out of any page', async () => {
  test.setTimeout(120_000)
  const { app, page } = running
  await lengthenTexts(page)
  await expect(page.getByRole('navigation')).toContainText('Callsam')
  const wide: string[] = []
  for (const width of [1280, 900]) {
    await app.evaluate(
      ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size, 800),
      width,
    )
    await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(width)
    for (const route of everyPage(sample)) {
      await openPage(page, route)
      wide.push(...(await findOverflow(page)).map((what) => `${width} px, ${route}: ${what}`))
    }
  }
  expect(wide).toEqual([])
})

test('names and figures of any length are read in full, and push nothing out of the narrowest window', async () => {
  const { app, page } = running
  const ask = askOf(running)
  const long = 'W'.repeat(190)
  await ask(
    '/v1/app-logs',
    [1, 2, 3].map(() => ({ app: long, cost: { amount: 999_999, currency: 'USD' } })),
  )
  await ask(
    '/v1/app-logs',
    Array.from({ length: 19 }, (_, index) => ({ app: `app-${index}` })),
  )
  await ask('/v1/alerts/channels', { type: 'webhook', name: long, url: 'https://hooks.example.com/' })
  const { id: rule } = (await ask('/v1/alerts/rules', {
    name: long,
    conditions: [{ metric: 'requests', comparison: 'gt', threshold: 0, windowMinutes: 60 }],
    forMinutes: 0,
    splitBy: 'app',
    channels: ['inApp'],
  })) as { id: string }
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(960, 640))
  await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(960)

  await openPage(page, '/')
  const cost = page.getByTestId('card-cost').locator('.card__value')
  await expect(cost).toHaveText(/^\$2,999,997\.\d\d$/)
  const figures = await page.locator('.card__value').evaluateAll((all) =>
    all.flatMap((value) => {
      const { right } = value.getBoundingClientRect()
      const room = value.closest('.card__body')?.getBoundingClientRect().right ?? 0
      return right > room ? [value.textContent] : []
    }),
  )
  expect(figures).toEqual([])
  const costs = page.getByTestId('breakdown-row').getByRole('cell').filter({ hasText: '$2,999,997' })
  expect(await costs.evaluateAll((all) => all.map((cell) => cell.scrollWidth - cell.clientWidth))).toEqual([
    0,
  ])

  await openPage(page, '/alerts/records')
  await expect(page.getByTestId('alert-record').filter({ hasText: long }).first()).toBeVisible()
  const inbox = await page
    .getByRole('group', { name: 'Inbox' })
    .evaluate((table) => table.scrollWidth - table.clientWidth)
  expect(inbox).toBe(0)
  await expect.poll(() => page.getByTestId('alert-record').count()).toBeGreaterThan(20)
  expect(await findOverflow(page)).toEqual([])

  await openPage(page, `/alerts/rules/${rule}`)
  await expect(page.getByRole('checkbox', { name: long })).not.toBeChecked()
  const preview = page.getByRole('region', { name: 'Preview' })
  const value = preview.getByRole('listitem').filter({ hasText: long }).locator('strong')
  const [room, shown] = [await preview.boundingBox(), await value.boundingBox()]
  expect((shown?.x ?? Infinity) + (shown?.width ?? 0)).toBeLessThan((room?.x ?? 0) + (room?.width ?? 0))
  expect(await findOverflow(page)).toEqual([])
})

/** Makes every message longer, as German or Finnish would; it grows in words, and its fields stay. */
async function lengthenTexts(page: Page): Promise<void> {
  await page.evaluate(() => {
    interface I18n {
      global: {
        getLocaleMessage: (locale: string) => object
        setLocaleMessage: (locale: string, messages: object) => void
      }
    }
    const lengthen = (value: unknown): unknown => {
      if (typeof value === 'object' && value !== null) {
        return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, lengthen(inner)]))
      }
      return String(value)
        .split(' | ')
        .map(
          (text) =>
            text +
            'ammen bedeutung verhaltnis '
              .repeat(20)
              .slice(0, Math.ceil(text.length * 0.4))
              .trimEnd(),
        )
        .join(' | ')
    }
    const { provides } = (
      document.querySelector('#app') as unknown as {
        _vnode: { appContext: { provides: Record<symbol, unknown> } }
      }
    )._vnode.appContext
    const found = Object.getOwnPropertySymbols(provides)
      .map((symbol) => provides[symbol] as Partial<I18n>)
      .find((provided) => provided?.global !== undefined && 'setLocaleMessage' in provided.global)
    if (!found?.global) throw new Error('vue-i18n is not where it was')
    found.global.setLocaleMessage('en', lengthen(found.global.getLocaleMessage('en')) as object)
  })
}

/** What makes the window or the page scroll sideways, and buttons whose words are cut off. */
async function findOverflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const main = document.querySelector('main')
    const found: string[] = []
    const isTooWide = (element: Element) => element.scrollWidth > element.clientWidth + 1
    if (isTooWide(document.documentElement)) found.push('the window scrolls sideways')
    const { scrollHeight, clientHeight } = document.documentElement
    if (scrollHeight > clientHeight) found.push('the window scrolls beside the page')
    if (main && isTooWide(main)) {
      const edge = main.getBoundingClientRect().left + main.clientWidth + 1
      const last = [...main.querySelectorAll('*')].findLast(
        (element) =>
          element.getBoundingClientRect().right > edge && !element.closest('.table-scroll, .scroll'),
      )
      found.push(`the page scrolls sideways: ${last?.outerHTML.slice(0, 160)}`)
    }
    for (const button of document.querySelectorAll('main .button, nav a')) {
      if (button.clientWidth > 0 && isTooWide(button))
        found.push(`cut off: ${button.outerHTML.slice(0, 160)}`)
    }
    return found
  })
}

import type { Locator, Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
test.afterEach(async () => {
  expect(running.complaints).toEqual([])
  await running.close()
})

/** An hour with a call a minute, half of them slow. */
async function fillAnHour(): Promise<Page> {
  running = await launchApp()
  const { page, url } = running
  const now = Date.now()
  const calls = Array.from({ length: 59 }, (_, index) => ({
    app: 'shop',
    startedAt: now - index * 60_000,
    durationMs: index % 2 === 0 ? 2_000 : 100,
    status: index % 10 === 0 ? 'error' : 'ok',
  }))
  await fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(calls),
  })
  await expect(page.getByTestId('card-requests')).toContainText('59')
  return page
}

const chartOf = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true })
const pictureOf = (chart: Locator) => chart.getByRole('img').first()

/** Drags over a part of a chart, given in shares of its width. */
async function dragOver(chart: Locator, from: number, to: number, release = true): Promise<void> {
  await pictureOf(chart).scrollIntoViewIfNeeded()
  const box = await pictureOf(chart).boundingBox()
  if (!box) throw new Error('there is no chart')
  const { mouse } = running.page
  const y = box.y + box.height / 2
  await mouse.move(box.x + box.width * from, y)
  await mouse.down()
  await mouse.move(box.x + box.width * ((from + to) / 2), y)
  await mouse.move(box.x + box.width * to, y)
  if (release) await mouse.up()
}

function spanOf(page: Page): number {
  const query = new URLSearchParams(page.url().split('?')[1])
  return Number(query.get('to')) - Number(query.get('from'))
}

test('dragging over a chart zooms the page into it, twice if wanted, and one step leads back', async () => {
  const page = await fillAnHour()
  const responseTime = chartOf(page, 'Response time')
  await dragOver(responseTime, 0.5, 0.8)
  await expect.poll(() => page.url()).toContain('outOf=1h')
  // 30 % of the chart is somewhat more than 30 % of its plot.
  expect(spanOf(page)).toBeGreaterThan(17 * 60_000)
  expect(spanOf(page)).toBeLessThan(24 * 60_000)
  await expect(page.getByTestId('card-requests')).not.toContainText('59')

  const before = spanOf(page)
  await dragOver(chartOf(page, 'Requests'), 0.3, 0.6)
  await expect.poll(() => spanOf(page)).toBeLessThan(before / 2)
  await page.screenshot({ path: 'test-results/chart-zoomed.png' })
  await page.getByRole('button', { name: 'Reset zoom' }).click()
  await expect.poll(() => page.url()).toContain('range=1h')
  await expect(page.getByTestId('card-requests')).toContainText('59')

  await dragOver(responseTime, 0.4, 0.6)
  await expect.poll(() => page.url()).toContain('outOf=1h')
  await page.goBack()
  await expect.poll(() => page.url()).toContain('range=1h')
  await page.goForward()
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toBeVisible()
  await pictureOf(responseTime).dblclick()
  await expect.poll(() => page.url()).toContain('range=1h')
  await expect(page.getByRole('button', { name: 'Reset zoom' })).toBeHidden()
})

test('a double click where nothing is zoomed, or a drag that is given up, leads nowhere', async () => {
  const page = await fillAnHour()
  const chart = chartOf(page, 'Response time')
  const before = page.url()
  await dragOver(chart, 0.3, 0.6, false)
  await page.screenshot({ path: 'test-results/chart-selecting.png' })
  await page.keyboard.press('Escape')
  await page.mouse.up()
  await pictureOf(chart).dblclick()
  await page.getByRole('link', { name: 'Costs', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Costs', level: 1 })).toBeVisible()
  // Nothing else came into the history.
  await page.goBack()
  await expect.poll(() => page.url()).toBe(before)
})

test('a chart can be read as a table, and says its figures to those who do not see it', async () => {
  const page = await fillAnHour()
  const chart = chartOf(page, 'Requests')
  await expect(pictureOf(chart)).toHaveAccessibleName(/Bar chart of .* Succeeded 53, Failed 6/)

  const toggle = page.getByRole('button', { name: 'Show “Requests” as a table' })
  await toggle.press('Enter')
  await expect(toggle).toHaveAttribute('aria-pressed', 'true')
  await expect(chart.getByRole('columnheader')).toHaveText(['Time', 'Succeeded', 'Failed'])
  const sumOfCells = async () => {
    const cells = await chart.getByRole('row').locator('td').allInnerTexts()
    return cells.reduce((sum, text) => sum + Number(text), 0)
  }
  await expect.poll(sumOfCells).toBe(59)
  await page.screenshot({ path: 'test-results/chart-table.png' })
  await toggle.press('Enter')
  await expect(pictureOf(chart)).toBeVisible()
})

test('a hover shows the same moment in all charts of the page', async () => {
  const page = await fillAnHour()
  await pictureOf(chartOf(page, 'Response time')).hover()
  // The first line of a tooltip says which moment it is of.
  const moments = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('.chart-tooltip > div')]
        .map((element) => element.firstChild)
        .filter((node) => node instanceof Text)
        .map((node) => node.data)
        .filter((text) => /\d\d:\d\d:\d\d – \d\d:\d\d:\d\d/.test(text)),
    )
  await expect.poll(async () => (await moments()).length).toBe(4)
  expect(new Set(await moments()).size).toBe(1)
})

test('patterns tell parts of bars apart where colour does not', async () => {
  const page = await fillAnHour()
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  const patterns = page.getByRole('switch', { name: 'Patterns in charts' })
  await patterns.press('Space')
  await expect(patterns).toBeChecked()
  await page.getByRole('link', { name: 'Dashboard', exact: true }).click()
  await expect(chartOf(page, 'Requests').locator('.bar--1')).toBeVisible()
  await page.screenshot({ path: 'test-results/chart-patterns.png' })
})

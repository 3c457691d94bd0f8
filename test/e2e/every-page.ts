import type { Page } from '@playwright/test'
import { expect } from '@playwright/test'
import type { SampleData } from './sample-data.ts'

/** The address of every page, with something on it. */
export function everyPage({ requestId, recordId }: SampleData): string[] {
  return [
    '/',
    '/calls',
    `/calls/${requestId}`,
    '/alerts/records',
    `/alerts/records/${recordId}`,
    '/alerts/rules',
    '/alerts/rules/new',
    '/alerts/silences',
    '/alerts/channels',
    '/feedback',
    '/feedback?view=statistics',
    '/costs',
    '/connect',
    '/settings',
    '/welcome',
  ]
}

/** Goes to a page and waits until it shows what it holds. */
export async function openPage(page: Page, route: string): Promise<void> {
  await page.evaluate((hash) => (location.hash = hash), `#${route}`)
  await expect(page.getByRole('main').getByRole('heading', { level: 1 }).first()).toBeVisible()
  await settle(page)
}

/** Waits until nothing loads or moves any more. */
export async function settle(page: Page): Promise<void> {
  const whatLoads = () =>
    page.evaluate(() => {
      const main = document.querySelector('main')
      if (!main) return 'the page'
      const waiting = main.querySelector('[aria-busy="true"], .skeleton')
      const isSaid = main.textContent.includes('Loading…')
      return waiting?.outerHTML.slice(0, 200) ?? (isSaid ? 'something that says so' : 'nothing')
    })
  // A busy machine answers late; that is not what is tested.
  await expect.poll(whatLoads, { intervals: [50, 100, 200], timeout: 30_000 }).toBe('nothing')
  await page.evaluate(async () => {
    const running = document
      .getAnimations()
      .filter(({ effect }) => effect?.getTiming().iterations !== Infinity)
    await Promise.all(running.map((animation) => animation.finished.catch(() => undefined)))
  })
}

import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import { everyPage, openPage, settle } from './every-page.ts'
import { launchApp } from './launch.ts'
import { sendSampleData } from './sample-data.ts'

const HOUR_MS = 3_600_000

test('a window that nobody sees asks for nothing on any page, and for what it missed once it is seen', async () => {
  const running = await launchApp({ env: { LLMOPS_ALERT_INTERVAL_S: '1' } })
  const { page, url } = running
  const sample = await sendSampleData(running)
  await page.clock.install()
  await page.addInitScript(countMessages)
  await page.reload()
  for (const route of everyPage(sample)) {
    await openPage(page, route)
    await see(page, false)
    const before = await messages(page)
    await page.clock.fastForward(HOUR_MS)
    expect(await messages(page), route).toBe(before)
    await see(page, true)
  }

  await openPage(page, '/dashboard')
  await see(page, false)
  const before = await messages(page)
  const told = page.evaluate(
    () => new Promise((resolve) => window.addEventListener('heard', resolve, { once: true })),
  )
  await fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ app: 'while-hidden' }),
  })
  await told
  expect(await messages(page)).toBe(before)
  await see(page, true)
  await expect.poll(() => messages(page)).toBeGreaterThan(before)
  expect(running.complaints).toEqual([])
  await running.close()
})

/** Runs before the page's own scripts: counts what goes through the port to the main process, and says what comes. */
function countMessages(): void {
  const counted = Object.assign(window, { sentMessages: 0 })
  const post = Reflect.get(MessagePort.prototype, 'postMessage') as (...args: unknown[]) => void
  MessagePort.prototype.postMessage = function (this: MessagePort, ...args: unknown[]) {
    post.apply(this, args)
    // The clock of the test sends, too: nothing.
    if (args[0] === undefined) return
    counted.sentMessages += 1
    this.addEventListener('message', () => window.dispatchEvent(new Event('heard')))
  }
}

function messages(page: Page): Promise<number> {
  return page.evaluate(() => (window as unknown as { sentMessages: number }).sentMessages)
}

/** Whoever drives a page keeps it awake, however hidden its window is: what the system would say is said here. */
async function see(page: Page, isSeen: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
    document.dispatchEvent(new Event('visibilitychange'))
  }, !isSeen)
  if (isSeen) return
  // What was already asked for is still asked.
  await page.clock.fastForward(HOUR_MS)
  await settle(page)
}

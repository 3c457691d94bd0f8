import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from '@playwright/test'
import type { RunningApp } from './launch.ts'
import { launchApp } from './launch.ts'

let running: RunningApp
let stop: () => Promise<void> = async () => undefined
test.afterEach(async () => {
  await stop()
  await running.close()
})

/** An app of somebody's: a page with the widget, whose file came from the console, and a server that sends on. */
async function serveApp(widget: string, html: () => string): Promise<string> {
  const server = createServer((request, response) => {
    const answer = (status: number, type = 'text/plain', body = '') =>
      response
        // As strict as a page can be.
        .writeHead(status, {
          'content-type': type,
          'content-security-policy': `default-src 'self'; connect-src 'self' http://127.0.0.1:*`,
        })
        .end(body)
    if (request.url === '/feedback-widget.js') return void answer(200, 'text/javascript', widget)
    if (request.url !== '/feedback') return void answer(200, 'text/html; charset=utf-8', html())
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      void fetch(`${running.url}/v1/feedback`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: Buffer.concat(chunks),
      }).then(({ status }) => answer(status))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stop = async () => {
    server.closeAllConnections()
    server.close()
  }
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const page = (widget: string) =>
  `<!doctype html><html lang="en"><title>App</title><script src="feedback-widget.js" defer></script>${widget}</html>`

/** A page in a browser, which knows nothing of the console. */
async function browse(url: string): Promise<{ page: Page; errors: string[] }> {
  const opened = running.app.waitForEvent('window')
  await running.app.evaluate(({ BrowserWindow }, address) => {
    const window = new BrowserWindow({ width: 600, height: 400, webPreferences: { sandbox: true } })
    void window.loadURL(address)
  }, url)
  const shown = await opened
  const errors: string[] = []
  shown.on('pageerror', (error) => errors.push(error.message))
  await shown.waitForLoadState()
  return { page: shown, errors }
}

const widgetFile = async () => (await fetch(`${running.url}/sdk/feedback-widget.js`)).text()

const stored = async () => {
  const answer = await fetch(`${running.url}/v1/feedback`, {
    headers: { authorization: `Bearer ${running.token}` },
  })
  const body: unknown = await answer.json()
  return (body as { items: unknown[] }).items
}

test('the widget gives feedback through the app’s own server, by keys alone', async () => {
  running = await launchApp()
  const widget = `<llmops-feedback request-id="r-1" endpoint="/feedback" kind="stars"></llmops-feedback>`
  const url = await serveApp(await widgetFile(), () => page(widget))
  const { page: app, errors } = await browse(url)

  await expect(app.getByRole('group', { name: 'Was this helpful?' })).toBeVisible()
  await app.keyboard.press('Tab')
  await expect(app.getByRole('radio', { name: '1 of 5 stars' })).toBeFocused()
  await app.keyboard.press('ArrowRight')
  await app.keyboard.press('ArrowRight')
  await app.keyboard.press('ArrowRight')
  await expect(app.getByRole('radio', { name: '4 of 5 stars' })).toBeChecked()
  await app.keyboard.press('Tab')
  await app.keyboard.type('很好 <b>x</b>')
  await app.keyboard.press('Tab')
  await app.keyboard.press('Enter')
  await expect(app.getByRole('status')).toHaveText('Thank you for your feedback.')
  expect(await stored()).toMatchObject([
    { requestId: 'r-1', rating: 4, comment: '很好 <b>x</b>', source: 'end-user' },
  ])
  expect(errors).toEqual([])
})

test('it posts to the collector by itself with an allowed origin and the token, and says why it cannot', async () => {
  running = await launchApp()
  const appToken = readFileSync(join(running.dataDir, 'app-token'), 'utf8').trim()
  const widget = (token: string) =>
    `<llmops-feedback lang="zh-CN" request-id="r-2" endpoint="${running.url}/v1/feedback" token="${token}" user-id="u"></llmops-feedback>`
  let token = 'wrong'
  const url = await serveApp(await widgetFile(), () => page(widget(token)))
  const { page: app, errors } = await browse(url)
  const up = app.getByRole('radio', { name: '有帮助', exact: true })
  const status = app.getByRole('status')

  // Its origin is not allowed: it is told who does not take it, and from where.
  await up.check({ force: true })
  await app.getByRole('button', { name: '提交' }).click()
  await expect(status).toContainText(`未能提交：无法连接 ${new URL(running.url).host}`)
  await expect(status).toContainText(url)
  expect(await stored()).toEqual([])

  const changed = await fetch(`${running.url}/v1/settings`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${running.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ allowedOrigins: [url] }),
  })
  expect(changed.status).toBe(200)
  await app.getByRole('button', { name: '重试' }).click()
  await expect(status).toHaveText('未能提交：令牌缺失或已失效。')

  token = appToken
  await app.reload()
  await up.check({ force: true })
  await app.getByRole('button', { name: '提交' }).click()
  await expect(status).toHaveText('感谢你的反馈。')
  expect(await stored()).toMatchObject([{ requestId: 'r-2', rating: 5, comment: null, userId: 'u' }])
  expect(errors).toEqual([])
})

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Page } from '@playwright/test'

/** What a page of ours can do that it must not, tried from inside of it. */
export interface PagePowers {
  /** The directives of its content security policy. */
  policy: string[]
  node: string[]
  evaluated: string[]
  /** What it could load from another origin, or from a data address that could hold a page. */
  loaded: string[]
  isWindowOpened: boolean
  isWebviewAlive: boolean
  granted: string[]
  /** Where it was after it was led elsewhere. */
  address: string
}

/** What every window of the console must answer. */
export const POWERLESS: Omit<PagePowers, 'policy' | 'address'> = {
  node: [],
  evaluated: [],
  loaded: [],
  isWindowOpened: false,
  isWebviewAlive: false,
  granted: [],
}

export const PERMISSIONS_NEVER_GIVEN = [
  'geolocation',
  'notifications',
  'camera',
  'microphone',
  'midi',
  'clipboard-read',
  'persistent-storage',
  'storage-access',
  'idle-detection',
]

/** Tries everything, in a page that is loaded anew for it. */
export async function probePage(page: Page): Promise<PagePowers> {
  const policy = ((await page.reload())?.headers()['content-security-policy'] ?? '').split('; ')
  const found = await page.evaluate(
    async ({ permissions }) => {
      // While what came over the debugging protocol runs, the policy lets it evaluate texts; a task of its own may not.
      await new Promise((resolve) => setTimeout(resolve, 0))
      const node = ['require', 'process', 'module', 'Buffer', 'global', 'ipcRenderer', 'electron'].filter(
        (name) => name in window,
      )
      const evaluated: string[] = []
      const runs: [string, () => unknown][] = [
        ['eval', () => (0, eval)('1') as unknown],
        ['Function', () => Reflect.construct(Function, ['return 1'])],
        ['timer', () => Reflect.apply(setTimeout, window, ['window.wasRunByTimer = true', 0]) as unknown],
        ['WebAssembly', () => new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))],
      ]
      for (const [name, run] of runs) {
        try {
          run()
          if (name !== 'timer') evaluated.push(name)
        } catch {
          // As it must be.
        }
      }
      const script = document.createElement('script')
      script.textContent = 'window.wasRunInline = true'
      document.body.append(script)
      const handler = document.createElement('button')
      handler.setAttribute('onclick', 'window.wasRunByHandler = true')
      document.body.append(handler)
      handler.click()
      const outside = document.createElement('script')
      outside.src = 'data:text/javascript,window.wasRunFromData=true'
      document.body.append(outside)
      await new Promise((resolve) => setTimeout(resolve, 100))
      evaluated.push(
        ...['wasRunByTimer', 'wasRunInline', 'wasRunByHandler', 'wasRunFromData'].filter(
          (name) => name in window,
        ),
      )

      const loaded: string[] = []
      const load = (name: string, element: HTMLElement) =>
        new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 500)
          element.onload = () => {
            loaded.push(name)
            clearTimeout(timer)
            resolve()
          }
          element.onerror = () => {
            clearTimeout(timer)
            resolve()
          }
          document.body.append(element)
        })
      await load('image', Object.assign(new Image(), { src: 'http://127.0.0.1:9/x.png' }))
      const frame = document.createElement('iframe')
      frame.src = '/index.html'
      document.body.append(frame)
      await new Promise((resolve) => setTimeout(resolve, 500))
      // What is refused is shown as an error of another origin, into which nobody can look.
      if (frame.contentDocument?.querySelector('#app')) loaded.push('frame')
      for (const url of ['http://127.0.0.1:9/', 'https://example.com/', 'file:///etc/hostname']) {
        await fetch(url, { mode: 'no-cors' }).then(
          () => loaded.push(url),
          () => undefined,
        )
      }

      const webview = document.createElement('webview')
      webview.setAttribute('src', 'data:text/html,<p>embedded</p>')
      document.body.append(webview)

      const granted: string[] = []
      for (const name of permissions) {
        const state = await navigator.permissions.query({ name: name as PermissionName }).then(
          (status) => status.state,
          () => 'unknown',
        )
        if (state === 'granted' || state === 'prompt') granted.push(name)
      }
      const isLocated = await new Promise<boolean>((resolve) => {
        navigator.geolocation.getCurrentPosition(
          () => resolve(true),
          ({ code, PERMISSION_DENIED }) => resolve(code !== PERMISSION_DENIED),
          { timeout: 2_000 },
        )
      })
      if (isLocated) granted.push('a position')
      return {
        node,
        evaluated,
        loaded,
        granted,
        isWebviewAlive: 'loadURL' in webview,
        isWindowOpened: ['https://user:secret@127.0.0.1:9/', 'file:///etc/hostname', 'about:blank']
          .map((url) => window.open(url))
          .some((opened) => opened !== null),
      }
    },
    { permissions: PERMISSIONS_NEVER_GIVEN },
  )
  for (const url of ['http://127.0.0.1:9/', 'file:///etc/hostname', 'app://elsewhere/index.html']) {
    await page.evaluate((target) => {
      location.href = target
    }, url)
    await page.waitForTimeout(100)
  }
  const address = await page.evaluate(() => location.href)
  // Playwright waits for a navigation to end that never began.
  await page.reload()
  return { policy, ...found, address }
}

/** What a page reads of a server that lets no other origin read, once its own policy no longer holds it back. */
export async function readAcrossOrigins(page: Page): Promise<string> {
  const server = createServer((_request, response) => response.end('of another origin')).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const address = server.address()
  const devTools = await page.context().newCDPSession(page)
  const setBypass = (enabled: boolean) => devTools.send('Page.setBypassCSP', { enabled })
  try {
    await setBypass(true)
    await page.reload()
    return await page.evaluate(
      (port) => fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text(), String),
      typeof address === 'object' ? address?.port : 0,
    )
  } finally {
    await setBypass(false)
    await page.reload()
    server.close()
  }
}

/** Sends to the main process what no page of ours would. Returns the answers that did something. */
export async function probePort(page: Page): Promise<string[]> {
  const answers = await page.evaluate(async () => {
    window.postMessage('llmops:connect', location.origin)
    const { port1, port2 } = new MessageChannel()
    const received: unknown[] = []
    port1.onmessage = ({ data }) => received.push(data)
    window.postMessage('llmops:connect', location.origin, [port2])
    for (const message of ['', '{', 'null', '{"i":1,"p":null}', 7, null, [1], { i: 'x' }, new Uint8Array(9)])
      port1.postMessage(message)
    await new Promise((resolve) => setTimeout(resolve, 300))
    return received
  })
  return answers.map((answer) => JSON.stringify(answer)).filter((answer) => answer.includes('"s":200'))
}

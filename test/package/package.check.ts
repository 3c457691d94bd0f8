import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { expect, test } from '@playwright/test'
import { readAsarHeader } from '../../scripts/package/asar-header.ts'
import type { StartedApp } from '../../scripts/package/started-app.ts'
import { firstPaintMs, processFigures } from '../../scripts/package/started-app.ts'
import { readDesktopNotifications } from '../e2e/desktop-notifications.ts'
import { readAddress } from '../e2e/launch.ts'
import { POWERLESS, probePage, probePort, readAcrossOrigins } from '../e2e/page-probes.ts'
import {
  argumentsFor,
  commands,
  ENVIRONMENT,
  executable,
  folder,
  home,
  openPage,
  prefix,
  startInstalled,
  user,
} from './packaged-app.ts'

test.describe.configure({ mode: 'serial' })

const archive = join(folder, 'resources', 'app.asar')
const dataDir = join(home, 'data')
const ARGUMENTS = argumentsFor(dataDir)

let running: StartedApp | undefined

async function start(env: NodeJS.ProcessEnv = {}, args: string[] = []): Promise<StartedApp> {
  running = await startInstalled(dataDir, { env, args })
  return running
}

function started(): StartedApp {
  if (running === undefined) throw new Error('it does not run')
  return running
}

test.afterAll(async () => {
  await running?.quit()
})

test('the archive holds the application, each file with its digest, and the native binary beside it', () => {
  const files = readAsarHeader(archive)
  const paths = files.map(({ path }) => path)

  expect(paths).toContain('out/main/index.js')
  expect(paths).toContain('out/preload/index.cjs')
  expect(paths).toContain('out/renderer/index.html')
  expect(paths).toContain('resources/catalogue/prices.json')
  expect(paths).toContain('resources/sdk/app_log.py')
  expect(
    paths.filter((path) => !/^(out|resources|node_modules\/better-sqlite3)\/|^package\.json$/.test(path)),
  ).toEqual([])
  expect(paths.filter((path) => /\.(map|vue)$|^out\/.*\.ts$|\.env/.test(path))).toEqual([])
  expect(files.filter(({ hasIntegrity }) => !hasIntegrity)).toEqual([])
  const native = files.filter(({ isUnpacked }) => isUnpacked)
  expect(native.map(({ path }) => path)).toEqual([expect.stringMatching(/better-sqlite3\/.*\.node$/)])
  expect(existsSync(join(`${archive}.unpacked`, native[0]?.path ?? ''))).toBe(true)
  expect(existsSync(join(folder, 'resources', 'default_app.asar'))).toBe(false)
})

test('the desktop finds its entry, icons and file types, and its links', () => {
  const entry = join(prefix, 'usr', 'share', 'applications', 'llmops-console.desktop')
  test.skip(!existsSync(entry), 'an archive brings none')
  const lines = readFileSync(entry, 'utf8').split('\n')

  expect(lines).toContain('Name=LLMOps Console')
  expect(lines).toContain('Icon=llmops-console')
  expect(lines.find((line) => line.startsWith('Exec='))).toBe('Exec="/opt/LLMOps Console/llmops-console" %U')
  expect(lines.find((line) => line.startsWith('MimeType='))).toContain('x-scheme-handler/llmops;')
  expect(lines.find((line) => line.startsWith('MimeType='))).toContain(
    'application/vnd.llmops-console.calls+gzip;',
  )
  expect(lines.find((line) => line.startsWith('Comment[zh_CN]='))).toMatch(/大模型/)
  const icons = join(prefix, 'usr', 'share', 'icons', 'hicolor')
  for (const size of ['16x16', '48x48', '256x256', '512x512'])
    expect(existsSync(join(icons, size, 'apps', 'llmops-console.png'))).toBe(true)
  const types = join(prefix, 'usr', 'share', 'mime', 'packages')
  expect(readFileSync(join(types, readdirSync(types)[0] ?? ''), 'utf8')).toContain('*.jsonl.gz')
  execFileSync('desktop-file-validate', [entry])

  // As the package manager does after it unpacked them.
  const share = join(prefix, 'usr', 'share')
  execFileSync('update-desktop-database', [join(share, 'applications')])
  execFileSync('update-mime-database', [join(share, 'mime')], { stdio: 'ignore' })
  const handlerOf = (given: string) =>
    execFileSync('xdg-mime', ['query', 'default', given], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: home, XDG_DATA_DIRS: `${share}:/usr/share` },
    }).trim()
  expect(handlerOf('x-scheme-handler/llmops')).toBe('llmops-console.desktop')
  const type = 'application/vnd.llmops-console.calls+gzip'
  expect(readFileSync(join(share, 'mime', 'globs2'), 'utf8')).toContain(`:${type}:*.jsonl.gz\n`)
  expect(handlerOf(type)).toBe('llmops-console.desktop')
})

test('the fuses of the binary are blown', async () => {
  const { version: _version, ...wire } = await getCurrentFuseWire(executable)
  const off = [
    FuseV1Options.RunAsNode,
    FuseV1Options.EnableNodeOptionsEnvironmentVariable,
    FuseV1Options.EnableNodeCliInspectArguments,
    FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
    FuseV1Options.GrantFileProtocolExtraPrivileges,
  ]
  const on = [
    FuseV1Options.EnableCookieEncryption,
    FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
    FuseV1Options.OnlyLoadAppFromAsar,
  ]
  for (const fuse of off)
    expect([FuseV1Options[fuse], wire[fuse]]).toEqual([FuseV1Options[fuse], FuseState.DISABLE])
  for (const fuse of on)
    expect([FuseV1Options[fuse], wire[fuse]]).toEqual([FuseV1Options[fuse], FuseState.ENABLE])
})

test('it starts, takes calls and shows them', async () => {
  const app = await start()
  tell(`first paint of the first start after ${Math.round(await firstPaintMs(app))} ms`)
  const { url } = readAddress(dataDir)
  const answer = await fetch(`${url}/v1/app-logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([
      {
        requestId: 'packaged-1',
        app: 'packaged-app',
        model: 'gpt-4o',
        durationMs: 120,
        inputTokens: 7,
        outputTokens: 3,
      },
      { requestId: 'packaged-2', app: 'packaged-app', status: 'error', errorType: 'timeout', durationMs: 90 },
    ]),
  })
  expect(await answer.json()).toMatchObject({ accepted: 2 })

  await openPage(app, '/calls')
  await expect(app.page.getByText('packaged-app').first()).toBeVisible()
  expect((await fetch(`${url}/sdk/app_log.py`)).status).toBe(200)
})

test('its pages can neither run what is not ours, nor load, open, embed or be given anything', async () => {
  const { page } = started()
  const devTools = await page.context().newCDPSession(page)
  const worlds: string[] = []
  devTools.on('Runtime.executionContextCreated', ({ context }) => worlds.push(context.name))
  await devTools.send('Runtime.enable')
  const { policy, address, ...powers } = await probePage(page)

  expect(powers).toEqual(POWERLESS)
  expect(address).toMatch(/^app:\/\/console\//)
  expect(policy).toContain("default-src 'none'")
  const rest = policy.filter((directive) => directive !== "style-src-attr 'unsafe-inline'")
  expect(rest.join(' ')).not.toMatch(/unsafe|https?:|\*/)
  expect(worlds).toContain('Electron Isolated Context')
  await expect(page.getByRole('main')).toBeVisible()
})

test('its pages read of no other origin, even where their policy does not hold', async () => {
  expect(await readAcrossOrigins(started().page)).toBe('TypeError: Failed to fetch')
})

test('what its pages send to the main process is checked', async () => {
  const { page } = started()
  expect(await probePort(page)).toEqual([])
  await page.reload()
  await expect(page.getByTestId('collector-indicator')).toBeVisible()
})

test('a link leaves it by https alone, and goes to the browser', async () => {
  const browser = join(commands, 'xdg-open')
  const opened = join(home, 'opened')
  mkdirSync(commands)
  writeFileSync(browser, `#!/bin/sh\necho "$*" >> ${opened}\n`)
  chmodSync(browser, 0o755)
  const { page } = started()
  await page.evaluate(() => {
    for (const url of [
      'http://127.0.0.1:9/',
      'file:///etc/hostname',
      'https://a:b@127.0.0.1:9/',
      'smb://127.0.0.1/',
    ])
      window.open(url)
    for (const url of ['mailto:a@example.com', 'javascript:alert(1)', 'llmops://calls/1']) window.open(url)
    window.open('https://127.0.0.1:9/asked-for')
  })
  const read = () => (existsSync(opened) ? readFileSync(opened, 'utf8') : '')
  await expect.poll(read).toContain('https://127.0.0.1:9/asked-for')
  expect(read()).toBe('https://127.0.0.1:9/asked-for\n')
})

test('its renderers are sandboxed by the kernel', () => {
  const processes = processFigures(started().pid)
  const renderers = processes.filter(({ kind }) => kind === 'renderer')

  expect(renderers.length).toBeGreaterThan(0)
  for (const { isFiltered, hasNoNewPrivileges } of renderers)
    expect({ isFiltered, hasNoNewPrivileges }).toEqual({ isFiltered: true, hasNoNewPrivileges: true })
  const switches = processes.flatMap(({ args }) => args)
  expect(switches).not.toContain('--no-sandbox')
  expect(switches).not.toContain('--disable-web-security')
})

test('no key opens the developer tools', async () => {
  const { page, browser } = started()
  for (const keys of ['F12', 'Control+Shift+I', 'Control+Shift+J']) await page.keyboard.press(keys)
  await delay(500)

  const session = await browser.newBrowserCDPSession()
  const { targetInfos } = await session.send('Target.getTargets')
  expect(targetInfos.map(({ url }) => url).filter((url) => url.startsWith('devtools:'))).toEqual([])
  expect(targetInfos.filter(({ type }) => type === 'page')).toHaveLength(1)
})

test('a rule that fires is told of by the desktop', async () => {
  const desktop = await readDesktopNotifications(user)
  try {
    const { url } = readAddress(dataDir)
    const answer = await fetch(`${url}/v1/alerts/rules`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token()}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'Failures',
        conditions: [{ metric: 'failureRate', comparison: 'gt', threshold: 0.1, windowMinutes: 5 }],
        channels: ['os'],
      }),
    })
    expect(answer.ok).toBe(true)
    await expect.poll(() => desktop.received.map(({ title }) => title), { timeout: 60_000 }).toHaveLength(1)
    expect(desktop.received[0]?.title).toContain('Failures')
    expect(desktop.received[0]?.body).toContain('50%')
  } finally {
    await desktop.close()
  }
})

test('nobody else runs code in it: not as Node, not by its options, not by a debugger', async () => {
  const intruder = join(home, 'intruder.cjs')
  const trace = join(home, 'intruder-was-here')
  writeFileSync(intruder, `require('node:fs').writeFileSync(${JSON.stringify(trace)}, '')`)

  // Each finds it running already, and ends.
  const attempts: [NodeJS.ProcessEnv, string[]][] = [
    [{ ELECTRON_RUN_AS_NODE: '1' }, [intruder]],
    [{ NODE_OPTIONS: `--require ${intruder}` }, []],
    [{}, ['--require', intruder]],
    [{}, ['-r', intruder]],
    [{}, [join(home, 'another-app')]],
  ]
  for (const [env, args] of attempts) {
    const child = spawn(executable, [...args, ...ARGUMENTS], {
      env: { ...ENVIRONMENT, ...env },
      stdio: 'ignore',
      ...user,
    })
    const [code] = (await once(child, 'exit')) as [number | null]
    expect([args, code]).toEqual([args, 0])
  }
  expect(existsSync(trace)).toBe(false)
})

test('it ends when it is told to, and finds its data when it starts again', async () => {
  expect(await started().quit()).toBe(0)
  running = undefined
  expect(existsSync(join(dataDir, 'collector.json'))).toBe(false)

  // What an attacker with the user's rights could lay beside it, or put in its environment.
  const planted = join(folder, 'resources', 'app')
  mkdirSync(planted)
  writeFileSync(join(planted, 'package.json'), '{"main":"index.js"}')
  writeFileSync(join(planted, 'index.js'), 'process.exit(3)')
  const port = 29_229
  const app = await start(
    { LLMOPS_SQLITE_BINDING: '/nonexistent.node', ELECTRON_RENDERER_URL: 'http://127.0.0.1:9/' },
    [`--inspect=127.0.0.1:${port}`],
  )
  expect(await isListening(port)).toBe(false)
  rmSync(planted, { recursive: true })
  const shownAfterMs = await firstPaintMs(app)

  await openPage(app, '/calls')
  await expect(app.page.getByText('packaged-app').first()).toBeVisible()
  tell(`first paint of the second start after ${Math.round(shownAfterMs)} ms`)
  const processes = processFigures(app.pid)
  const bytes = processes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  tell(`${processes.length} processes in ${(bytes / 1e6).toFixed(0)} MB`)
  expect(await app.quit()).toBe(0)
  running = undefined
})

function token(): string {
  return readFileSync(join(dataDir, 'token'), 'utf8').trim()
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

function tell(figure: string): void {
  process.stdout.write(`  · ${figure}\n`)
}

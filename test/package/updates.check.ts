import { generateKeyPairSync, createHash, sign } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { Server } from 'node:https'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import type { StartedApp } from '../../scripts/package/started-app.ts'
import { folder, home, openPage, startInstalled } from './packaged-app.ts'

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '..', 'receivers', 'fixtures', name))
const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const KEY = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
const isDeb = existsSync(join(folder, 'resources', 'installed-from'))
const PACKAGE = Buffer.from('what is no package of Debian at all')
const NAME = 'llmops-console-99.0.0-linux-amd64.deb'
const FEED = [
  'version: 99.0.0',
  'files:',
  `  - url: ${NAME}`,
  `    sha512: ${createHash('sha512').update(PACKAGE).digest('base64')}`,
  `    size: ${PACKAGE.length}`,
  `path: ${NAME}`,
  "releaseDate: '2026-01-01T00:00:00.000Z'",
  '',
].join('\n')
const signed = (text: string, key = privateKey) => sign(null, Buffer.from(text), key).toString('base64')

const files: Record<string, string | Buffer> = {}
const asked: string[] = []
let server: Server
let app: StartedApp

test.beforeAll(async () => {
  const own = { cert: fixture('localhost.cert.pem'), key: fixture('localhost.key.pem') }
  server = createServer(own, ({ url = '' }, response) => {
    const name = url.replace(/^\/|\?.*$/g, '')
    asked.push(name)
    const file = files[name]
    response.writeHead(file === undefined ? 404 : 200).end(file)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // Its certificate is nobody's, and what the feed is trusted for is its signature.
  app = await startInstalled(join(home, 'updates'), { args: ['--ignore-certificate-errors'] })
})
test.afterAll(async () => {
  await app.quit()
  server.close()
})

test('no server is asked for updates until a feed is named; one is believed only if it is signed with its key', async () => {
  const { page } = app
  await openPage(app, '/settings')
  const updates = page.getByTestId('updates')
  await expect(updates).toContainText('no server is ever asked')
  expect(asked).toEqual([])

  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await updates.getByRole('button', { name: 'Feed…' }).click()
  await updates.getByLabel('Address of the feed').fill(`https://127.0.0.1:${port}/`)
  await updates.getByLabel('Public key').fill(KEY)
  await updates.getByRole('button', { name: 'Save' }).click()
  const check = updates.getByRole('button', { name: 'Check now' })

  if (!isDeb) {
    await check.click()
    await expect(updates).toContainText('updated the way it was installed')
    expect(asked).toEqual([])
    return
  }
  files['latest-linux.yml'] = FEED
  await check.click()
  await expect(updates).toContainText('The feed could not be read')
  const { privateKey: another } = generateKeyPairSync('ed25519')
  for (const signature of ['', signed(FEED, another), signed(`${FEED} `)]) {
    files['latest-linux.yml.sig'] = signature
    await check.click()
    await expect(updates).toContainText('not signed with this key')
  }
  await expect(updates.getByRole('button', { name: 'Fetch it' })).toBeHidden()

  files['latest-linux.yml.sig'] = signed(FEED)
  await check.click()
  await expect(updates).toContainText('Version 99.0.0 is there')
  expect(asked).not.toContain(NAME)

  // The feed is signed, and what lies beside it is something else.
  files[NAME] = Buffer.alloc(PACKAGE.length)
  await updates.getByRole('button', { name: 'Fetch it' }).click()
  await expect(updates).toContainText('The feed could not be read')
  expect(asked).toContain(NAME)

  files[NAME] = PACKAGE
  await check.click()
  await updates.getByRole('button', { name: 'Fetch it' }).click()
  await expect(updates).toContainText('Version 99.0.0 is fetched')
})

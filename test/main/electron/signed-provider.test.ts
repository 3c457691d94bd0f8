import { generateKeyPairSync, sign } from 'node:crypto'
import type { ProviderRuntimeOptions } from 'electron-updater/out/providers/Provider.js'
import { expect, test } from 'vitest'
import { updateFeedSchema } from '#shared/contract/updates.ts'
import { isSigned, UntrustedFeed } from '../../../src/main/electron/signed-feed.ts'
import { signedProvider } from '../../../src/main/electron/signed-provider.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const key = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64')
const signatureOf = (text: string) => sign(null, Buffer.from(text), privateKey).toString('base64')

const FEED = `version: 9.9.9
files:
  - url: llmops-console-9.9.9.AppImage
    sha512: ${'a'.repeat(86)}==
    size: 1
path: llmops-console-9.9.9.AppImage
sha512: ${'a'.repeat(86)}==
releaseDate: '2026-01-01T00:00:00.000Z'
`

test('only what was signed with the key is', () => {
  expect(isSigned(FEED, signatureOf(FEED), key)).toBe(true)
  expect(isSigned(`${FEED} `, signatureOf(FEED), key)).toBe(false)
  expect(isSigned(FEED, '', key)).toBe(false)
  expect(isSigned(FEED, signatureOf(FEED).slice(4), key)).toBe(false)
  expect(isSigned(FEED, signatureOf(FEED), Buffer.alloc(32).toString('base64'))).toBe(false)
  expect(isSigned(FEED, signatureOf(FEED), 'no key')).toBe(false)
})

test.each([
  'http://updates.example.com/',
  'https://user:secret@updates.example.com/',
  'https://updates.example.com/?token=x',
  'ftp://updates.example.com/',
  'updates.example.com',
])('%s is no address of a feed', (url) => {
  expect(updateFeedSchema.safeParse({ url, publicKey: key }).success).toBe(false)
})

/** The network, as electron-updater asks it. */
function providerOf(answers: Record<string, string>) {
  const asked: string[] = []
  const executor = {
    request({ hostname, path = '' }: { hostname?: string; path?: string }) {
      asked.push(`${hostname}${path}`)
      return Promise.resolve(answers[path] ?? '')
    },
  }
  const Provider = signedProvider({ url: 'https://updates.example.com/console', publicKey: key })
  const runtime = { platform: 'win32', isUseMultipleRangeRequest: false, executor }
  return { provider: new Provider({}, {}, runtime as unknown as ProviderRuntimeOptions), asked }
}

test('a version is told of if its feed is signed, and its files are beside it', async () => {
  const { provider, asked } = providerOf({
    '/console/latest.yml': FEED,
    '/console/latest.yml.sig': signatureOf(FEED),
  })
  const info = await provider.getLatestVersion()
  expect(info.version).toBe('9.9.9')
  expect(asked).toEqual([
    'updates.example.com/console/latest.yml',
    'updates.example.com/console/latest.yml.sig',
  ])
  expect(provider.resolveFiles(info).map(({ url }) => url.href)).toEqual([
    'https://updates.example.com/console/llmops-console-9.9.9.AppImage',
  ])
})

test('without its signature, or with another one, nothing is believed', async () => {
  for (const signature of ['', signatureOf('version: 1.0.0')]) {
    const { provider } = providerOf({ '/console/latest.yml': FEED, '/console/latest.yml.sig': signature })
    await expect(provider.getLatestVersion()).rejects.toThrow(UntrustedFeed)
  }
})

test('a file that is not fetched by https is refused, though the feed is signed', async () => {
  const feed = FEED.replace('url: llmops', 'url: http://elsewhere.example.com/llmops')
  const { provider } = providerOf({
    '/console/latest.yml': feed,
    '/console/latest.yml.sig': signatureOf(feed),
  })
  const info = await provider.getLatestVersion()
  expect(() => provider.resolveFiles(info)).toThrow(UntrustedFeed)
})

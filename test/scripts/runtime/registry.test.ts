import { describe, expect, test } from 'vitest'
import { npmSettings, parseNpmSettings, tarballUrl } from '../../../scripts/runtime/registry.ts'

describe('where the npm registry is', () => {
  test('the environment of an npm script goes first', async () => {
    expect(await npmSettings({ npm_config_registry: 'https://mirror.example/npm/' })).toEqual({
      registry: 'https://mirror.example/npm/',
    })
  })

  test('without npm it is the public one', async () => {
    expect(await npmSettings({ PATH: '' })).toEqual({ registry: 'https://registry.npmjs.org/' })
  })

  test('npm names registry, certificates and proxy, each on a line', () => {
    const output = 'registry=https://mirror.example/\ncafile=/etc/ca.pem\nhttps-proxy=http://proxy:3128/\n'
    expect(parseNpmSettings(output)).toEqual({
      registry: 'https://mirror.example/',
      cafile: '/etc/ca.pem',
      httpsProxy: 'http://proxy:3128/',
    })
  })

  test('what is not set, npm writes as null', () => {
    expect(parseNpmSettings('registry=https://mirror.example/\ncafile=null\nhttps-proxy=null\n')).toEqual({
      registry: 'https://mirror.example/',
    })
  })
})

test.each([
  ['https://registry.npmjs.org/', 'https://registry.npmjs.org/@scope/thing/-/thing-1.2.3.tgz'],
  ['https://registry.npmjs.org', 'https://registry.npmjs.org/@scope/thing/-/thing-1.2.3.tgz'],
  ['http://localhost:4873/npm/all', 'http://localhost:4873/npm/all/@scope/thing/-/thing-1.2.3.tgz'],
])('a tarball of %s is at %s', (registry, url) => {
  expect(tarballUrl(registry, '@scope/thing', '1.2.3')).toBe(url)
})

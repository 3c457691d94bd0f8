import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findNodeHeaders } from '../../scripts/runtime/node-headers.ts'
import {
  needsOwnBinding,
  resolveSqliteBinding,
  withExperimentalNodeApi,
} from '../../scripts/sqlite-binding.ts'
import { temporaryFolder } from './temporary-folder.ts'

test.each([
  ['33.2.1', true],
  ['34.5.8', true],
  ['35.0.0', false],
  ['45.4.1', false],
  ['', false],
])('Electron %s needs a binding of its own: %s', (version, expected) => {
  expect(needsOwnBinding(version)).toBe(expected)
})

test('the build file asks for the experimental Node-API', () => {
  const changed = withExperimentalNodeApi(`'defines': ['NAPI_VERSION=10', 'OTHER'],`)
  expect(changed).toBe(`'defines': ['NAPI_EXPERIMENTAL', 'NODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT', 'OTHER'],`)
  expect(() => withExperimentalNodeApi(`'defines': ['NAPI_VERSION=11']`)).toThrow(/no longer contains/)
})

test('a runtime that is new enough uses the bundled binding', async () => {
  expect(await resolveSqliteBinding({ version: '45.4.1', executablePath: '/nowhere' })).toBeUndefined()
})

test.runIf(process.platform === 'linux')('without a compiler it says what to install', async () => {
  const env = { PATH: temporaryFolder(), LLMOPS_CACHE_DIR: temporaryFolder() }
  await expect(resolveSqliteBinding({ version: '33.2.1', executablePath: '/nowhere' }, env)).rejects.toThrow(
    /python3, make, g\+\+ is missing[^]*apt-get install -y python3 make g\+\+/,
  )
})

test('headers are those of the nodedir that npm is configured with, if it has a Node new enough', () => {
  const prefix = temporaryFolder()
  const include = join(prefix, 'include', 'node')
  mkdirSync(include, { recursive: true })
  for (const name of ['node_api.h', 'common.gypi']) writeFileSync(join(include, name), '')
  writeFileSync(join(include, 'node_version.h'), '#define NODE_MAJOR_VERSION 22\n')
  expect(findNodeHeaders({ npm_config_nodedir: prefix })).toBe(prefix)
  writeFileSync(join(include, 'node_version.h'), '#define NODE_MAJOR_VERSION 18\n')
  expect(findNodeHeaders({ npm_config_nodedir: prefix })).not.toBe(prefix)
})

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  defaultDataDir,
  keepToken,
  removeCollectorAddress,
  writeCollectorAddress,
} from '../../src/main/data-folder.ts'
import { temporaryFolder } from '../scripts/temporary-folder.ts'

describe('defaultDataDir', () => {
  test.each([
    {
      platform: 'darwin',
      env: {},
      expected: join('/home/me', 'Library', 'Application Support', 'LLMOps Console'),
    },
    { platform: 'linux', env: {}, expected: join('/home/me', '.local', 'share', 'llmops-console') },
    { platform: 'linux', env: { XDG_DATA_HOME: '/xdg' }, expected: join('/xdg', 'llmops-console') },
    {
      platform: 'linux',
      env: { XDG_DATA_HOME: '' },
      expected: join('/home/me', '.local', 'share', 'llmops-console'),
    },
    { platform: 'win32', env: { LOCALAPPDATA: '/local' }, expected: join('/local', 'LLMOps Console') },
    { platform: 'win32', env: {}, expected: join('/home/me', 'AppData', 'Local', 'LLMOps Console') },
  ] as const)('follows the custom of $platform with $env', ({ platform, env, expected }) => {
    expect(defaultDataDir(platform, env, '/home/me')).toBe(expected)
  })
})

describe('keepToken', () => {
  test('makes a token once and keeps it', () => {
    const folder = temporaryFolder()
    const token = keepToken(folder, 'token')
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(keepToken(folder, 'token')).toBe(token)
    expect(keepToken(temporaryFolder(), 'token')).not.toBe(token)
  })

  test('leaves only the private token file behind', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'token'), 'old\n', { mode: 0o644 })
    expect(keepToken(folder, 'token')).toBe('old')
    expect(keepToken(folder, 'token', 'new')).toBe('new')
    expect(readdirSync(folder)).toEqual(['token'])
    expect(readFileSync(join(folder, 'token'), 'utf8')).toBe('new\n')
    expect(statSync(join(folder, 'token')).mode & 0o777).toBe(0o600)
  })
})

describe('the address of the collector', () => {
  test('is written, replaced and removed', () => {
    const folder = temporaryFolder()
    const address = { url: 'http://127.0.0.1:1', port: 1, pid: 2, version: '3' }
    writeCollectorAddress(folder, { ...address, pid: 1 })
    writeCollectorAddress(folder, address)
    expect(JSON.parse(readFileSync(join(folder, 'collector.json'), 'utf8'))).toEqual(address)
    removeCollectorAddress(folder)
    removeCollectorAddress(folder)
    expect(readdirSync(folder)).toEqual([])
  })
})

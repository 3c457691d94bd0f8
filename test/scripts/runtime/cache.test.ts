import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cacheFolder, publish, withLock } from '../../../scripts/runtime/cache.ts'
import { temporaryFolder } from '../temporary-folder.ts'

test.each<[NodeJS.ProcessEnv, NodeJS.Platform, string]>([
  [{}, 'linux', '/home/a/.cache/llmops-console'],
  [{ XDG_CACHE_HOME: '/var/c' }, 'linux', '/var/c/llmops-console'],
  [{}, 'darwin', '/home/a/Library/Caches/llmops-console'],
  [{ LLMOPS_CACHE_DIR: '/here', XDG_CACHE_HOME: '/var/c' }, 'linux', '/here'],
])('with %o on %s the cache is %s', (env, platform, expected) => {
  expect(cacheFolder(env, platform, '/home/a')).toBe(expected)
})

describe('a lock', () => {
  test('lets one work at a time and tells the other that it waits', async () => {
    const file = join(temporaryFolder(), 'sub', 'lock')
    const events: string[] = []
    const begun = Promise.withResolvers<void>()
    const waited = Promise.withResolvers<void>()
    const first = withLock(file, async () => {
      events.push('first begins')
      begun.resolve()
      await waited.promise
      events.push('first ends')
    })
    await begun.promise
    await withLock(file, () => Promise.resolve(events.push('second works')), {
      onWait() {
        events.push('second waits')
        waited.resolve()
      },
    })
    await first
    expect(events).toEqual(['first begins', 'second waits', 'first ends', 'second works'])
    expect(existsSync(file)).toBe(false)
  })

  test('is released when the work fails', async () => {
    const file = join(temporaryFolder(), 'lock')
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(existsSync(file)).toBe(false)
  })

  test('of a holder that has not been heard of for long is taken over', async () => {
    const file = join(temporaryFolder(), 'lock')
    writeFileSync(file, 'another-machine 1\n')
    const longAgo = new Date(Date.now() - 60_000)
    utimesSync(file, longAgo, longAgo)
    expect(await withLock(file, () => Promise.resolve('done'))).toBe('done')
  })
})

test('a folder is published whole, and the first one stays', async () => {
  const folder = temporaryFolder()
  const target = join(folder, 'deep', 'target')
  for (const name of ['first', 'second']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'who'), name)
    await publish(join(folder, name), target)
  }
  expect(readFileSync(join(target, 'who'), 'utf8')).toBe('first')
  expect(existsSync(join(folder, 'second'))).toBe(false)
})

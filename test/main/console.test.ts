import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../scripts/temporary-folder.ts'
import { consoleForTest, startConsole } from '../start-console.ts'
import { textMatching } from './some-text.ts'

const modeOf = (file: string) => statSync(file).mode & 0o777

describe('the data folder of a running console', () => {
  test('tells where it listens, for its owner only, with no token, until it closes', async () => {
    const opened = await consoleForTest()
    const file = join(opened.dataDir, 'collector.json')
    const text = readFileSync(file, 'utf8')
    expect(JSON.parse(text)).toEqual({
      url: opened.url,
      port: Number(new URL(opened.url).port),
      pid: process.pid,
      version: textMatching(/^\d+\.\d+\.\d+/),
    })
    expect(text).not.toContain(opened.token)
    expect(modeOf(file)).toBe(0o600)
    await opened.console.close()
    expect(existsSync(file)).toBe(false)
  })

  test('holds a token that nobody can guess and only its owner may read', async () => {
    const { dataDir, token, get } = await consoleForTest()
    expect(readFileSync(join(dataDir, 'token'), 'utf8').trim()).toBe(token)
    expect(modeOf(join(dataDir, 'token'))).toBe(0o600)
    expect(token.length).toBeGreaterThanOrEqual(43)
    expect((await get('/v1/settings')).status).toBe(200)
  })

  test('keeps its token from start to start, and takes over one that is given', async () => {
    const dataDir = temporaryFolder()
    const first = await startConsole({ dataDir })
    await first.close()
    const second = await startConsole({ dataDir })
    await second.close()
    expect(second.token).toBe(first.token)

    const third = await startConsole({ dataDir, token: 'given-token' })
    expect(third.token).toBe('given-token')
    expect(readFileSync(join(dataDir, 'token'), 'utf8').trim()).toBe('given-token')
    expect((await third.get('/v1/settings')).status).toBe(200)
    expect(
      (await third.send({ path: '/v1/settings', headers: { authorization: `Bearer ${first.token}` } }))
        .status,
    ).toBe(401)
    await third.close()
  })

  test('makes a new token when the file is empty, and private when it was not', async () => {
    const dataDir = temporaryFolder()
    writeFileSync(join(dataDir, 'token'), '\n', { mode: 0o644 })
    const opened = await startConsole({ dataDir })
    expect(opened.token.length).toBeGreaterThanOrEqual(43)
    expect(modeOf(join(dataDir, 'token'))).toBe(0o600)
    await opened.close()
  })
})

describe('a console that closes', () => {
  test('has every call that it answered, and opens again with them', async () => {
    const dataDir = temporaryFolder()
    const first = await startConsole({ dataDir })
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => first.post({ app: 'a', requestId: `kept-${index}` })),
    )
    await first.close()
    const second = await startConsole({ dataDir })
    expect((await second.get('/v1/collector/status')).body).toMatchObject({
      store: { calls: 20 },
      counters: { accepted: 0 },
    })
    await second.close()
  })
})

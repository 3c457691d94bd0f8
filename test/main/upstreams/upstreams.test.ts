import { describe, expect, onTestFinished, test } from 'vitest'
import { LIMITS } from '#shared/limits.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { openUpstreams } from '../../../src/main/upstreams/index.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'

const MINE = { name: 'gateway', baseUrl: 'http://127.0.0.1:8080/llm', flavour: 'openai' as const }

async function storeAt(dataDir: string) {
  const store = await openStore({ dataDir })
  let closed: Promise<void> | undefined
  const close = () => (closed ??= store.close())
  onTestFinished(close)
  return { store, close }
}

async function upstreamsForTest() {
  return openUpstreams((await storeAt(temporaryFolder())).store)
}

describe('upstreams', () => {
  test('lists the built-in ones from the start', async () => {
    const upstreams = await upstreamsForTest()
    expect(upstreams.list().map(({ name, baseUrl, flavour }) => [name, baseUrl, flavour])).toEqual([
      ['openai', 'https://api.openai.com', 'openai'],
      ['anthropic', 'https://api.anthropic.com', 'anthropic'],
      ['ollama', 'http://127.0.0.1:11434', 'ollama'],
      ['deepseek', 'https://api.deepseek.com', 'openai'],
      ['dashscope', 'https://dashscope.aliyuncs.com/compatible-mode', 'openai'],
    ])
    expect(upstreams.list().every(({ isBuiltIn }) => isBuiltIn)).toBe(true)
  })

  test('makes changes that come together one after the other', async () => {
    const upstreams = await upstreamsForTest()
    expect(await Promise.all([upstreams.create(MINE), upstreams.create(MINE)])).toMatchObject([
      MINE,
      'name-taken',
    ])
    const change = { baseUrl: 'http://127.0.0.1:8081' }
    expect(await Promise.all([upstreams.remove('gateway'), upstreams.update('gateway', change)])).toEqual([
      'removed',
      'not-found',
    ])
    expect(upstreams.find('gateway')).toBeUndefined()
  })

  test('adds, changes and removes your own, and has them after a restart', async () => {
    const dataDir = temporaryFolder()
    const first = await storeAt(dataDir)
    const upstreams = await openUpstreams(first.store)
    expect(await upstreams.create(MINE)).toEqual({ ...MINE, isBuiltIn: false, defaultBaseUrl: null })
    await upstreams.create({ ...MINE, name: 'another' })
    expect(await upstreams.update('gateway', { flavour: 'anthropic' })).toMatchObject({
      baseUrl: MINE.baseUrl,
      flavour: 'anthropic',
    })
    expect(await upstreams.remove('another')).toBe('removed')
    await first.close()

    const again = await openUpstreams((await storeAt(dataDir)).store)
    expect(again.list().slice(5)).toEqual([
      { ...MINE, flavour: 'anthropic', isBuiltIn: false, defaultBaseUrl: null },
    ])
    expect(again.find('another')).toBeUndefined()
  })

  test('leads a built-in one elsewhere, and back', async () => {
    const upstreams = await upstreamsForTest()
    expect(await upstreams.update('openai', { baseUrl: 'https://proxy.test' })).toEqual({
      name: 'openai',
      baseUrl: 'https://proxy.test',
      flavour: 'openai',
      isBuiltIn: true,
      defaultBaseUrl: 'https://api.openai.com',
    })
    expect(upstreams.find('openai')?.baseUrl).toBe('https://proxy.test')
    expect(upstreams.list()).toHaveLength(5)
    expect(await upstreams.update('openai', { baseUrl: 'https://api.openai.com' })).toMatchObject({
      baseUrl: 'https://api.openai.com',
      isBuiltIn: true,
    })
    expect(upstreams.find('openai')?.baseUrl).toBe('https://api.openai.com')
  })

  test('says what is wrong', async () => {
    const upstreams = await upstreamsForTest()
    await upstreams.create(MINE)
    expect(await upstreams.create(MINE)).toBe('name-taken')
    expect(await upstreams.create({ ...MINE, name: 'openai' })).toBe('name-taken')
    expect(await upstreams.update('nobody', {})).toBe('not-found')
    expect(await upstreams.update('openai', { flavour: 'ollama' })).toBe('built-in')
    expect(await upstreams.remove('openai')).toBe('built-in')
    expect(await upstreams.remove('nobody')).toBe('not-found')
  })

  test(`takes ${LIMITS.upstreams} of your own`, async () => {
    const upstreams = await upstreamsForTest()
    for (let index = 0; index < LIMITS.upstreams; index += 1) {
      await upstreams.create({ ...MINE, name: `mine-${index}` })
    }
    expect(await upstreams.create(MINE)).toBe('too-many')
    expect(upstreams.list()).toHaveLength(LIMITS.upstreams + 5)
  })
})

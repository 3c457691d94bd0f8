import { describe, expect, onTestFinished, test } from 'vitest'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'
import { openSettings } from '../../../src/main/settings/index.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'

async function storeForTest() {
  const store = await openStore({ dataDir: temporaryFolder() })
  onTestFinished(() => store.close())
  return store
}

describe('settings', () => {
  test('have defaults until something is chosen, change one by one, and are kept', async () => {
    const store = await storeForTest()
    const settings = await openSettings(store)
    expect(settings.current()).toEqual(DEFAULT_SETTINGS)
    expect(await settings.update({ theme: 'dark' })).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' })
    const chosen = { ...DEFAULT_SETTINGS, language: 'en', theme: 'dark', requireToken: true }
    expect(await settings.update({ language: 'en', theme: undefined, requireToken: true })).toEqual(chosen)
    expect(settings.current()).toEqual(chosen)
    expect((await openSettings(store)).current()).toEqual(chosen)
  })

  test('fall back to the default when what is stored cannot be read any more, and keep the others', async () => {
    const store = await storeForTest()
    await store.writeSetting('theme', 'a theme of another version')
    await store.writeSetting('language', 'zh-CN')
    await store.writeSetting('allowedOrigins', ['*'])
    await store.writeSetting('a setting of another version', { any: 'thing' })
    expect((await openSettings(store)).current()).toEqual({ ...DEFAULT_SETTINGS, language: 'zh-CN' })
  })

  test('are pushed to whoever follows them, whoever changes them', async () => {
    const settings = await openSettings(await storeForTest())
    const seen = settings.follow(undefined)
    expect((await seen.next()).value).toEqual(DEFAULT_SETTINGS)
    await settings.update({ theme: 'dark' })
    expect((await seen.next()).value).toMatchObject({ theme: 'dark' })
    // Only the last one counts.
    await settings.update({ requireToken: true })
    await settings.update({ requireToken: false, language: 'en' })
    expect((await seen.next()).value).toMatchObject({ requireToken: false, language: 'en' })
    await seen.return(undefined)
  })

  test('hold what was stored when storing fails', async () => {
    const settings = await openSettings({
      ask: async () => new Map() as never,
      writeSetting: () => Promise.reject(new Error('disk full')),
    })
    await expect(settings.update({ requireToken: true })).rejects.toThrow('disk full')
    expect(settings.current()).toEqual(DEFAULT_SETTINGS)
  })
})

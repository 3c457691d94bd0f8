import { describe, expect, onTestFinished, test } from 'vitest'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'
import { readSettings, updateSettings } from '../../../src/main/settings/index.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'

async function storeForTest() {
  const store = await openStore({ dataDir: temporaryFolder() })
  onTestFinished(() => store.close())
  return store
}

describe('settings', () => {
  test('have defaults until something is chosen, and change one by one', async () => {
    const store = await storeForTest()
    expect(await readSettings(store)).toEqual(DEFAULT_SETTINGS)
    expect(await updateSettings(store, { theme: 'dark' })).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' })
    expect(await updateSettings(store, { language: 'en', theme: undefined })).toEqual({
      language: 'en',
      theme: 'dark',
    })
    expect(await readSettings(store)).toEqual({ language: 'en', theme: 'dark' })
  })

  test('fall back to the default when what is stored cannot be read any more, and keep the others', async () => {
    const store = await storeForTest()
    await store.writeSetting('theme', 'a theme of another version')
    await store.writeSetting('language', 'zh-CN')
    await store.writeSetting('a setting of another version', { any: 'thing' })
    expect(await readSettings(store)).toEqual({ language: 'zh-CN', theme: DEFAULT_SETTINGS.theme })
  })
})

import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'

const settings = vi.hoisted(() => ({ get: vi.fn(), update: vi.fn(), follow: vi.fn() }))
vi.mock('../../../src/renderer/client.ts', () => ({ client: { settings } }))

const { useSettings } = await import('../../../src/renderer/stores/settings.ts')

let tellSystemTheme: (event: { matches: boolean }) => void
/** What the main process has written into the page. */
let dataset: { looks?: string }
const toggled = vi.fn()

beforeEach(() => {
  setActivePinia(createPinia())
  const addEventListener = (_type: string, listener: typeof tellSystemTheme) => (tellSystemTheme = listener)
  vi.stubGlobal('window', { matchMedia: () => ({ matches: false, addEventListener }) })
  vi.stubGlobal('navigator', { language: 'zh-CN' })
  dataset = {}
  vi.stubGlobal('document', { documentElement: { lang: '', classList: { toggle: toggled }, dataset } })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetAllMocks()
})

test('the system decides language and theme until the user does, and while it changes', async () => {
  settings.get.mockResolvedValue({ language: 'system', theme: 'system' })
  const store = useSettings()
  await store.load()
  expect(store.language).toBe('zh-CN')
  expect(store.isDark).toBe(false)
  tellSystemTheme({ matches: true })
  await nextTick()
  expect(store.isDark).toBe(true)
  expect(toggled).toHaveBeenLastCalledWith('dark', true)
})

test('the window looks as it did last until the settings are read', async () => {
  dataset.looks = JSON.stringify({ language: 'en', theme: 'dark', dashboardPanels: null })
  const store = useSettings()
  expect(store.isRemembered).toBe(true)
  expect(store.language).toBe('en')
  expect(toggled).toHaveBeenLastCalledWith('dark', true)
  settings.get.mockResolvedValue({ language: 'zh-CN', theme: 'light' })
  await store.load()
  expect([store.language, store.isDark]).toEqual(['zh-CN', false])
})

test.each([undefined, 'not JSON', '{"theme":"pink"}'])('looks that are not known are none: %s', (looks) => {
  if (looks !== undefined) dataset.looks = looks
  const store = useSettings()
  expect(store.isRemembered).toBe(false)
  expect(store.language).toBe('zh-CN')
})

test('a choice that cannot be kept is taken back, and said', async () => {
  settings.get.mockResolvedValue({ language: 'en', theme: 'light' })
  settings.update.mockRejectedValueOnce(new Error('the disk is full'))
  const store = useSettings()
  await store.load()
  await store.choose({ theme: 'dark' })
  expect(store.settings).toEqual({ language: 'en', theme: 'light' })
  expect(store.problem).toBe('not-saved')

  settings.update.mockResolvedValueOnce({ language: 'en', theme: 'dark' })
  await store.choose({ theme: 'dark' })
  expect(store.isDark).toBe(true)
  expect(store.problem).toBeUndefined()
})

test('what changes elsewhere is shown, also while a choice of one’s own is taken back', async () => {
  settings.get.mockResolvedValue({ language: 'en', theme: 'light', requireToken: false })
  const store = useSettings()
  await store.load()
  const pushed = Promise.withResolvers<object>()
  settings.follow.mockResolvedValueOnce(
    (async function* () {
      yield await pushed.promise
      // No further news.
      await new Promise(() => undefined)
    })(),
  )
  void store.follow()
  const stored = Promise.withResolvers<object>()
  settings.update.mockReturnValueOnce(stored.promise)
  const choosing = store.choose({ theme: 'dark' })
  pushed.resolve({ language: 'en', theme: 'light', requireToken: true })
  await vi.waitFor(() => expect(store.settings.requireToken).toBe(true))
  stored.reject(new Error('the disk is full'))
  await choosing
  expect(store.settings).toEqual({ language: 'en', theme: 'light', requireToken: true })
})

test('the answer to a choice does not take back the next one', async () => {
  settings.get.mockResolvedValue({ theme: 'light', chartPatterns: false })
  const store = useSettings()
  await store.load()
  const [first, second] = [Promise.withResolvers<object>(), Promise.withResolvers<object>()]
  settings.update.mockReturnValueOnce(first.promise).mockReturnValueOnce(second.promise)
  const one = store.choose({ theme: 'dark' })
  const other = store.choose({ chartPatterns: true })
  first.resolve({ theme: 'dark', chartPatterns: false })
  await one
  expect(store.settings).toEqual({ theme: 'dark', chartPatterns: true })
  second.resolve({ theme: 'dark', chartPatterns: true })
  await other
  expect(store.settings).toEqual({ theme: 'dark', chartPatterns: true })
})

test('settings that cannot be read leave the system in charge', async () => {
  settings.get.mockRejectedValue(new Error('the store is busy'))
  const store = useSettings()
  await store.load()
  expect(store.language).toBe('zh-CN')
  expect(store.problem).toBe('not-loaded')
})

test('choices are settled once all of them were stored or refused, not before', async () => {
  const [stored, refused] = [Promise.withResolvers<object>(), Promise.withResolvers<object>()]
  settings.update.mockReturnValueOnce(stored.promise).mockReturnValueOnce(refused.promise)
  const store = useSettings()
  await store.settled()
  void store.choose({ theme: 'dark' })
  void store.choose({ requireToken: true })
  const onSettled = vi.fn()
  const settled = store.settled().then(onSettled)
  refused.reject(new Error('the disk is full'))
  await vi.waitFor(() => expect(store.problem).toBe('not-saved'))
  expect(onSettled).not.toHaveBeenCalled()
  stored.resolve({ theme: 'dark' })
  await settled
  expect(onSettled).toHaveBeenCalledOnce()
})

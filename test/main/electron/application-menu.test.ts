import type { MenuItemConstructorOptions } from 'electron'
import { expect, test, vi } from 'vitest'
import { applicationMenu } from '../../../src/main/electron/application-menu.ts'
import { desktopWords } from '../../../src/main/electron/desktop-words.ts'

const actions = { openPage: vi.fn(), openLogs: vi.fn(), checkForUpdates: vi.fn(), openWebPage: vi.fn() }

function menuOf(platform: NodeJS.Platform, language: 'en' | 'zh-CN' = 'en', isDeveloping = false) {
  const words = desktopWords(language)
  return applicationMenu({ platform, words: words.menu, quit: words.tray.quit, isDeveloping, actions })
}

function itemsOf(menu: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return menu.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? itemsOf(item.submenu) : [])])
}

test.each(['darwin', 'win32', 'linux'] as const)(
  'on %s every item says something, in both languages',
  (platform) => {
    const english = itemsOf(menuOf(platform)).filter(({ type }) => type !== 'separator')
    const chinese = itemsOf(menuOf(platform, 'zh-CN')).filter(({ type }) => type !== 'separator')
    expect(english.every(({ label }) => Boolean(label))).toBe(true)
    expect(chinese.map(({ role, id }) => role ?? id)).toEqual(english.map(({ role, id }) => role ?? id))
    const alike = chinese.filter(({ label }, index) => label === english[index]?.label)
    expect(alike.map(({ label }) => label).filter((label) => label !== 'LLMOps Console')).toEqual([])
  },
)

test('macOS has its menu of the application, others have it in File and Help', () => {
  expect(menuOf('darwin').map(({ label }) => label)).toEqual([
    'LLMOps Console',
    'File',
    'Edit',
    'View',
    'Window',
    'Help',
  ])
  expect(menuOf('linux').map(({ label }) => label)).toEqual(['File', 'Edit', 'View', 'Window', 'Help'])
  for (const platform of ['darwin', 'linux', 'win32'] as const) {
    const roles = itemsOf(menuOf(platform)).map(({ role }) => role)
    expect(roles).toEqual(expect.arrayContaining(['quit', 'about', 'copy', 'paste', 'minimize', 'close']))
  }
})

test('developer tools are there while developing only', () => {
  const has = (isDeveloping: boolean) =>
    itemsOf(menuOf('linux', 'en', isDeveloping)).some(({ role }) => role === 'toggleDevTools')
  expect([has(true), has(false)]).toEqual([true, false])
})

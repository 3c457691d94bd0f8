import { expect, test, vi } from 'vitest'
import { desktopWords } from '../../../src/main/electron/desktop-words.ts'
import type { TrayFigures } from '../../../src/main/electron/tray-menu.ts'
import { trayMenu, trayTip } from '../../../src/main/electron/tray-menu.ts'

const QUIET: TrayFigures = {
  requests: 1,
  costNanos: 0,
  currency: 'USD',
  firing: 0,
  unread: 0,
  isPaused: false,
}
const BUSY: TrayFigures = {
  requests: 12_345,
  costNanos: 6_789_000_000,
  currency: 'CNY',
  firing: 2,
  unread: 3,
  isPaused: true,
}
const actions = {
  open: vi.fn(),
  openToday: vi.fn(),
  openAlerts: vi.fn(),
  togglePause: vi.fn(),
  quit: vi.fn(),
}

const labels = (figures: TrayFigures, language: 'en' | 'zh-CN') =>
  trayMenu(figures, { words: desktopWords(language).tray, language }, actions).flatMap(
    ({ label }) => label ?? [],
  )

test('a quiet day', () => {
  expect(labels(QUIET, 'en')).toEqual([
    'Open LLMOps Console',
    'Today: 1 request, $0.00',
    'No alert is firing',
    'Pause collecting',
    'Quit LLMOps Console',
  ])
})

test('a busy one, in Chinese', () => {
  expect(labels(BUSY, 'zh-CN')).toEqual([
    '打开 LLMOps Console',
    '今天：12,345 次请求，¥6.79',
    '2 条告警正在触发',
    '3 条未读告警',
    '恢复采集',
    '退出 LLMOps Console',
  ])
  const tip = trayTip(BUSY, { words: desktopWords('zh-CN').tray, language: 'zh-CN' })
  expect(tip.split('\n')).toContain('采集已暂停')
})

test('each item does what it says', () => {
  const menu = trayMenu(QUIET, { words: desktopWords('en').tray, language: 'en' }, actions)
  for (const item of menu) item.click?.({} as never, undefined, {})
  for (const action of Object.values(actions)) expect(action).toHaveBeenCalledOnce()
})

import type { MenuItemConstructorOptions } from 'electron'
import type { DesktopWords } from './desktop-words.ts'

/** What the tray tells of. */
export interface TrayFigures {
  /** Since the local midnight. */
  requests: number
  costNanos: number
  /** ISO 4217 */
  currency: string
  firing: number
  unread: number
  isPaused: boolean
}

export interface TrayActions {
  open(): void
  openToday(): void
  openAlerts(): void
  togglePause(): void
  quit(): void
}

const NANOS = 1e9

/** The menu of the tray: what matters today, and what one wants to do without opening the window. */
export function trayMenu(
  figures: TrayFigures,
  { words, language }: { words: DesktopWords['tray']; language: string },
  actions: TrayActions,
): MenuItemConstructorOptions[] {
  const { firing, unread, isPaused } = figures
  return [
    { id: 'open', label: words.open, click: () => actions.open() },
    { type: 'separator' },
    { id: 'today', label: todayText(figures, words, language), click: () => actions.openToday() },
    {
      id: 'firing',
      label: firing > 0 ? words.firing(firing) : words.quiet,
      click: () => actions.openAlerts(),
    },
    ...(unread > 0 ? [{ id: 'unread', label: words.unread(unread), click: () => actions.openAlerts() }] : []),
    { type: 'separator' },
    { id: 'pause', label: isPaused ? words.resume : words.pause, click: () => actions.togglePause() },
    { type: 'separator' },
    { id: 'quit', label: words.quit, click: () => actions.quit() },
  ]
}

/** What is told when the pointer rests on the sign. */
export function trayTip(
  figures: TrayFigures,
  { words, language }: { words: DesktopWords['tray']; language: string },
): string {
  const { firing, unread, isPaused } = figures
  return [
    'LLMOps Console',
    ...(isPaused ? [words.paused] : []),
    todayText(figures, words, language),
    ...(firing > 0 ? [words.firing(firing)] : []),
    ...(unread > 0 ? [words.unread(unread)] : []),
  ].join('\n')
}

function todayText(
  { requests, costNanos, currency }: TrayFigures,
  words: DesktopWords['tray'],
  language: string,
) {
  const cost = new Intl.NumberFormat(language, { style: 'currency', currency }).format(costNanos / NANOS)
  return words.today(new Intl.NumberFormat(language).format(requests), cost, requests)
}

import { createRouterClient } from '@orpc/server'
import type { BrowserWindow } from 'electron'
import type { Console, NotificationAction, SystemNotification } from '../console.ts'
import type { Log } from '../log.ts'
import { createUnreadBadge } from './unread-badge.ts'

const MUTE_MS = 3_600_000

const WORDS = {
  en: {
    open: 'Open LLMOps Console',
    alerts: 'Alerts',
    quit: 'Quit',
    unread: (count: number) => (count === 1 ? '1 unread alert' : `${count} unread alerts`),
  },
  'zh-CN': {
    open: '打开 LLMOps Console',
    alerts: '告警',
    quit: '退出',
    unread: (count: number) => `${count} 条未读告警`,
  },
}

/** The page that a notification opens: its record, or the list if it is about several. */
export function pageOf({ recordIds }: SystemNotification): string {
  const [id] = recordIds
  return id !== undefined && recordIds.length === 1
    ? `/alerts/records/${encodeURIComponent(id)}`
    : '/alerts/records'
}

/**
 * Does what a button of a notification says, as the window would.
 *
 * @throws what the procedure throws.
 */
export async function performAction(
  { router }: Pick<Console, 'router'>,
  action: NotificationAction,
  { recordIds, ruleId }: SystemNotification,
): Promise<void> {
  const { records, silences } = createRouterClient(router).alerts
  if (action === 'acknowledge') await Promise.all(recordIds.map((id) => records.acknowledge({ id })))
  else await silences.create({ matchers: { ruleId }, endsAt: Date.now() + MUTE_MS })
}

export interface FollowOptions {
  core: Console
  window: BrowserWindow
  /** Brings the window to the front, on a page if one is given. */
  openPage: (page?: string) => void
  log: Log
}

/** Keeps the number of unread records where the desktop shows it, until the console closes. */
export function followUnread({ core, window, openPage, log }: FollowOptions): void {
  const { records, rules } = createRouterClient(core.router).alerts
  const badge = createUnreadBadge({
    window,
    words: () => WORDS[core.language()],
    onOpen: () => openPage(),
    onOpenAlerts: () => openPage('/alerts/records'),
  })
  const follow = async (): Promise<void> => {
    const events = await rules.events()
    badge.show((await records.unread()).unread)
    for await (const { unread } of events) badge.show(unread)
  }
  follow().catch((error: unknown) => log.warn(`unread alerts are not shown any more: ${String(error)}`))
}

import { createRouterClient } from '@orpc/server'
import type { Console, NotificationAction, SystemNotification } from '../console.ts'

const MUTE_MS = 3_600_000

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

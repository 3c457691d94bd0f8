import { DateTime } from 'luxon'
import type { BackupSchedule } from '#shared/contract/backups.ts'

/**
 * When a backup is due after another: at the hour that was chosen, by the clock of the zone. Where the clock goes forward
 * over it, an hour later; where it goes back, once.
 *
 * @param after epoch ms
 * @param zone IANA name
 * @returns epoch ms; null: never.
 */
export function nextBackupAt(
  { every, hour, weekday }: BackupSchedule,
  after: number,
  zone: string,
): number | null {
  if (every === 'never') return null
  const start = DateTime.fromMillis(after, { zone })
  const at = (days: number) => start.startOf('day').plus({ days }).set({ hour })
  for (let days = 0; ; days += 1) {
    const next = at(days)
    // Luxon's week begins on Monday with 1 and ends on Sunday with 7.
    const isDay = every === 'day' || next.weekday % 7 === weekday
    if (isDay && next.toMillis() > after) return next.toMillis()
  }
}

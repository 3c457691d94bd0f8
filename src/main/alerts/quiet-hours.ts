import { DateTime } from 'luxon'
import type { NewAlertRule } from '#shared/contract/alerts/rules.ts'

/**
 * Whether a moment lies in quiet hours, by what clocks show in their time zone. Hours that begin later than they end last
 * into the next day.
 *
 * @param at epoch ms
 */
export function isQuiet(quietHours: NewAlertRule['quietHours'], at: number): boolean {
  if (quietHours === null) return false
  const { from, to, timeZone } = quietHours
  const time = DateTime.fromMillis(at, { zone: timeZone }).toFormat('HH:mm')
  return from <= to ? from <= time && time < to : from <= time || time < to
}

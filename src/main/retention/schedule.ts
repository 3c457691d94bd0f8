/**
 * When the last and the next run are due, by the local day. A day whose hour is left out by daylight saving has it an hour
 * later.
 *
 * @param now epoch ms
 * @param hour of the local day
 */
export function dueTimes(now: number, hour: number): { last: number; next: number } {
  const today = new Date(now)
  const at = (day: number) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + day, hour).getTime()
  return at(0) <= now ? { last: at(0), next: at(1) } : { last: at(-1), next: at(0) }
}

import type { AppLogItem } from '#shared/contract/app-logs.ts'

/** A list that follows new calls begins anew when it has grown to so many. */
const MOST_FOLLOWED = 5_000

/**
 * Puts the newest page of a list above what was loaded of it before.
 *
 * @returns `isWhole`: the page stands for the whole list now, since calls between the two may be missing.
 */
export function mergeNewest(
  loaded: readonly AppLogItem[],
  page: { items: readonly AppLogItem[]; nextCursor: string | null },
): { calls: readonly AppLogItem[]; isWhole: boolean } {
  const known = new Set(loaded.map(({ id }) => id))
  const fresh = page.items.filter(({ id }) => !known.has(id))
  if (fresh.length === 0) return { calls: loaded, isWhole: false }
  const hasGap = fresh.length === page.items.length && page.nextCursor !== null
  if (hasGap || loaded.length === 0 || loaded.length > MOST_FOLLOWED) {
    return { calls: page.items, isWhole: true }
  }
  const calls = [...fresh, ...loaded].sort((a, b) => b.startedAt - a.startedAt || b.id - a.id)
  return { calls, isWhole: false }
}

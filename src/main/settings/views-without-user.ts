import type { CallView } from '#shared/contract/call-views.ts'

/** A shorter name may be a part of any word. */
const LEAST_WITHIN_TEXT = 4

/** Saved views that name a user nowhere: neither among their filters nor by what they are called. */
export function viewsWithoutUser(views: readonly CallView[], userId: string): CallView[] {
  const isNaming = (text: string) =>
    text === userId || (userId.length >= LEAST_WITHIN_TEXT && text.includes(userId))
  return views.filter(({ name, address }) => ![name, ...new URLSearchParams(address).values()].some(isNaming))
}

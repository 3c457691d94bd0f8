import type { AppLogItem, SortedCalls } from '#shared/contract/app-logs.ts'

/** Where one is in the list. */
export interface ListPlace {
  currentId: number | undefined
  scrollTop: number
}

/** What a page asks of its list. */
export interface ListHandle {
  toTop: () => void
  focus: () => void
  place: () => ListPlace | undefined
}

/** A list of calls as it was left. */
export interface KeptList extends ListPlace {
  /** The page's address. */
  address: string
  calls: readonly AppLogItem[]
  cursor: string | null
  lookedThroughTo: number | null
  sorted: SortedCalls | undefined
  isPaused: boolean
}

let kept: KeptList | undefined

/** Keeps a list while one of its calls is looked at, so that one comes back to the same place. */
export function keepList(list: KeptList): void {
  kept = list
}

/** The list of an address, if that is the one that was left last. */
export function listAt(address: string): KeptList | undefined {
  return kept?.address === address ? kept : undefined
}

/** Where the list was left last. */
export function lastListAddress(): string {
  return kept?.address ?? '/calls'
}

/** Takes a call that was deleted out of the list. */
export function forgetListed(requestId: string): void {
  if (kept) kept = { ...kept, calls: kept.calls.filter((call) => call.requestId !== requestId) }
}

import type { Ref, ShallowRef, WatchSource } from 'vue'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { AppLogItem, SortedCalls } from '#shared/contract/app-logs.ts'
import { client } from '../../client.ts'
import { coalesce } from '../../composables/coalesce.ts'
import type { KeptList } from './list-memory.ts'
import { mergeNewest } from './merge-newest.ts'

const PAGE_SIZE = 200
/** Each page of a sorted list puts all in order again: there are to be few. */
const SORTED_PAGE_SIZE = 500
const LIVE_INTERVAL_MS = 1_500
/** So many new calls are counted while they are not shown. */
export const NEWER_COUNTED = 100
/** Short pages that are asked for without being told to: each one is a long look for little. */
const SHORT_PAGES_AT_ONCE = 4
/** So few calls are a short page. */
const SHORT_PAGE = 20

type Question = Omit<Parameters<typeof client.appLogs.list>[0], 'limit' | 'cursor'>
type Kept = Pick<KeptList, 'calls' | 'cursor' | 'lookedThroughTo' | 'sorted'>

export interface CallList {
  calls: ShallowRef<readonly AppLogItem[]>
  /** `halted`: little was found so far, and there is more to look through. */
  state: Ref<'loading' | 'ready' | 'halted' | 'complete' | 'failed'>
  /** The calls still answer the question before. */
  isChanging: Ref<boolean>
  /** How many newer calls there are than are shown, at most `NEWER_COUNTED`. */
  newer: Ref<number>
  /** Calls that started before it were not looked at yet, epoch ms. */
  lookedThroughTo: Ref<number | null>
  /** What was put in order; undefined: they come by their start. */
  sorted: Ref<SortedCalls | undefined>
  loadMore: () => Promise<void>
  reload: () => Promise<void>
  /** What brings the list back as it is. Undefined while it is none. */
  keep: () => Kept | undefined
}

/**
 * The calls that answer a question, newest first, page by page as they are scrolled to. While `isFollowing`, new ones
 * are added on top as they arrive; otherwise they are only counted.
 */
export function useCallList(options: {
  question: () => Question
  inputs: WatchSource<string>
  revision: WatchSource<number>
  /** Not by start: what comes since is not looked at. */
  isSorted: () => boolean
  isFollowing: () => boolean
  /** Begins with the list as it was left. */
  kept: Kept | undefined
}): CallList {
  const { kept } = options
  const calls = shallowRef<readonly AppLogItem[]>(kept?.calls ?? [])
  const state = ref<'loading' | 'ready' | 'halted' | 'complete' | 'failed'>('loading')
  const isChanging = ref(false)
  const newer = ref(0)
  const lookedThroughTo = ref<number | null>(kept?.lookedThroughTo ?? null)
  const sorted = ref(kept?.sorted)
  /** Stands for one question; aborted as soon as there is another. */
  let current = new AbortController()
  let question = options.question()
  let cursor: string | null = kept?.cursor ?? null
  /** New calls were not looked at, since older ones were on their way. */
  let isBehind = false

  const isLoading = () => state.value === 'loading'

  async function reload(): Promise<void> {
    current.abort()
    current = new AbortController()
    question = options.question()
    cursor = null
    isChanging.value = true
    state.value = 'ready'
    await loadMore()
  }

  async function loadMore(): Promise<void> {
    if (state.value === 'loading' || state.value === 'complete') return
    state.value = 'loading'
    const asked = current
    const pageSize = options.isSorted() ? SORTED_PAGE_SIZE : PAGE_SIZE
    let found = 0
    try {
      for (let pages = 0; pages < SHORT_PAGES_AT_ONCE && found < SHORT_PAGE; pages += 1) {
        const page = await client.appLogs.list(
          { ...question, limit: pageSize, ...(cursor === null ? {} : { cursor }) },
          { signal: asked.signal },
        )
        if (asked !== current) return
        calls.value = isChanging.value ? page.items : [...calls.value, ...page.items]
        if (isChanging.value) newer.value = 0
        isChanging.value = false
        found += page.items.length
        cursor = page.nextCursor
        lookedThroughTo.value = page.lookedThroughTo
        sorted.value = page.sorted
        if (cursor === null) {
          state.value = 'complete'
          return
        }
      }
      state.value = found < SHORT_PAGE ? 'halted' : 'ready'
    } catch {
      if (asked !== current) return
      // Answers to another question must not stand under this one.
      if (isChanging.value) calls.value = []
      state.value = 'failed'
    } finally {
      if (asked === current && isBehind) follower.request()
    }
  }

  const follower = coalesce(async () => {
    isBehind = isLoading()
    if (isBehind || state.value === 'failed' || options.isSorted()) return
    const asked = current
    const isFollowing = options.isFollowing()
    const limit = isFollowing ? PAGE_SIZE : NEWER_COUNTED
    try {
      const page = await client.appLogs.list({ ...options.question(), limit }, { signal: asked.signal })
      if (asked !== current) return
      // Older calls are on their way below these.
      isBehind = isLoading()
      if (isBehind) return
      if (!isFollowing || !options.isFollowing()) {
        newer.value = newerThan(calls.value[0], page.items)
        return
      }
      newer.value = 0
      const merged = mergeNewest(calls.value, page)
      if (merged.isWhole) {
        cursor = page.nextCursor
        lookedThroughTo.value = page.lookedThroughTo
        state.value = cursor === null ? 'complete' : 'ready'
      }
      calls.value = merged.calls
    } catch {
      // The next commit asks again; what is shown stays true of its time.
    }
  }, LIVE_INTERVAL_MS)

  watch(options.inputs, () => void reload())
  watch(options.revision, () => follower.request())
  watch(options.isFollowing, (isFollowing) => isFollowing && follower.request())
  onScopeDispose(() => {
    follower.stop()
    current.abort()
  })
  if (kept) {
    state.value = cursor === null ? 'complete' : 'ready'
    follower.request()
  } else void reload()
  return {
    calls,
    state,
    isChanging,
    newer,
    lookedThroughTo,
    sorted,
    loadMore,
    reload,
    keep: () =>
      isChanging.value || state.value === 'failed'
        ? undefined
        : { calls: calls.value, cursor, lookedThroughTo: lookedThroughTo.value, sorted: sorted.value },
  }
}

/** How many of the newest calls come before the first of a list. */
function newerThan(first: AppLogItem | undefined, newest: readonly AppLogItem[]): number {
  if (!first) return newest.length
  return newest.filter(
    ({ startedAt, id }) => startedAt > first.startedAt || (startedAt === first.startedAt && id > first.id),
  ).length
}

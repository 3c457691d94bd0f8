import type { Ref, ShallowRef, WatchSource } from 'vue'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { AppLogItem } from '#shared/contract/app-logs.ts'
import { client } from '../../client.ts'
import { coalesce } from '../../composables/coalesce.ts'
import { mergeNewest } from './merge-newest.ts'

const PAGE_SIZE = 200
const LIVE_INTERVAL_MS = 1_500
/** Short pages that are asked for without being told to: each one is a long look for little. */
const SHORT_PAGES_AT_ONCE = 4
/** So few calls are a short page. */
const SHORT_PAGE = 20

type Question = Omit<Parameters<typeof client.appLogs.list>[0], 'limit' | 'cursor'>

export interface CallList {
  calls: ShallowRef<readonly AppLogItem[]>
  /** `halted`: little was found so far, and there is more to look through. */
  state: Ref<'loading' | 'ready' | 'halted' | 'complete' | 'failed'>
  /** The calls still answer the question before. */
  isChanging: Ref<boolean>
  /** There are newer calls than are shown. */
  hasNewer: Ref<boolean>
  loadMore: () => Promise<void>
  reload: () => Promise<void>
}

/**
 * The calls that answer a question, newest first, page by page as they are scrolled to. While `isFollowing`, new ones
 * are added on top as they arrive; otherwise it is only said that there are some.
 */
export function useCallList(options: {
  question: () => Question
  inputs: WatchSource<string>
  revision: WatchSource<number>
  isFollowing: () => boolean
}): CallList {
  const calls = shallowRef<readonly AppLogItem[]>([])
  const state = ref<'loading' | 'ready' | 'halted' | 'complete' | 'failed'>('loading')
  const isChanging = ref(false)
  const hasNewer = ref(false)
  /** Stands for one question; aborted as soon as there is another. */
  let current = new AbortController()
  let question = options.question()
  let cursor: string | null = null
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
    let found = 0
    try {
      for (let pages = 0; pages < SHORT_PAGES_AT_ONCE && found < SHORT_PAGE; pages += 1) {
        const page = await client.appLogs.list(
          { ...question, limit: PAGE_SIZE, ...(cursor === null ? {} : { cursor }) },
          { signal: asked.signal },
        )
        if (asked !== current) return
        calls.value = isChanging.value ? page.items : [...calls.value, ...page.items]
        if (isChanging.value) hasNewer.value = false
        isChanging.value = false
        found += page.items.length
        cursor = page.nextCursor
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
    if (isBehind || state.value === 'failed') return
    const asked = current
    const limit = options.isFollowing() ? PAGE_SIZE : 1
    try {
      const page = await client.appLogs.list({ ...options.question(), limit }, { signal: asked.signal })
      if (asked !== current) return
      // Older calls are on their way below these.
      isBehind = isLoading()
      if (isBehind) return
      const [newest] = page.items
      if (!options.isFollowing() || limit === 1) {
        hasNewer.value = newest !== undefined && newest.id !== calls.value[0]?.id
        return
      }
      hasNewer.value = false
      const merged = mergeNewest(calls.value, page)
      if (merged.isWhole) {
        cursor = page.nextCursor
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
  void reload()
  return { calls, state, isChanging, hasNewer, loadMore, reload }
}

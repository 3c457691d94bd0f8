import type { Ref, ShallowRef, WatchSource } from 'vue'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { coalesce } from './coalesce.ts'
import { isPageHidden } from './page-hidden.ts'
import { useSeenInterval } from './use-seen-interval.ts'

/** What comes alone is seen at once; what keeps coming is read no faster. */
const MIN_INTERVAL_MS = 1_000
/** Whoever chooses something waits for the answer. */
const CHOSEN_INTERVAL_MS = 250
/** Ranges that end now move on even when nothing arrives. */
const IDLE_INTERVAL_MS = 15_000

export interface LiveQuery<T> {
  /** The newest answer; it stays while the next one is on its way. */
  data: ShallowRef<T | undefined>
  /** When the newest answer came, epoch ms. */
  answeredAt: Ref<number>
  /** Why the newest question was not answered. */
  error: ShallowRef<Error | undefined>
  /** The inputs have changed and `data` still answers the ones before. */
  isChanging: Ref<boolean>
  refresh: () => void
}

/**
 * Asks a question again whenever its inputs change, when `revision` grows, and now and then. A question whose inputs
 * have changed is aborted, so that a slow one does not hold up the next; what it still answers is thrown away. While
 * nobody can see the page it asks no more than while it is paused.
 */
export function useLiveQuery<T>(options: {
  ask: (signal: AbortSignal) => Promise<T>
  inputs: WatchSource
  revision: WatchSource<number>
  /** How often to ask when nothing else calls for it. */
  idleIntervalMs?: number
  /** How often at most; absent: once a second. */
  minIntervalMs?: number
  /** While it is true, only changed inputs and `refresh` ask. Afterwards what was missed is asked for. */
  isPaused?: () => boolean
}): LiveQuery<T> {
  const data = shallowRef<T>()
  const answeredAt = ref(0)
  const error = shallowRef<Error>()
  const isChanging = ref(false)
  /** Stands for one set of inputs; aborted as soon as they change. */
  let current = new AbortController()

  const refresher = coalesce(async () => {
    const asked = current
    try {
      const answer = await options.ask(asked.signal)
      if (asked !== current) return
      data.value = answer
      answeredAt.value = Date.now()
      error.value = undefined
    } catch (reason) {
      if (asked !== current) return
      // An answer to other inputs must not stand under the name of these.
      if (isChanging.value) data.value = undefined
      error.value = reason instanceof Error ? reason : new Error(String(reason))
    }
    isChanging.value = false
  }, options.minIntervalMs ?? MIN_INTERVAL_MS)
  const isPaused = () => options.isPaused?.() === true
  const follow = () => {
    if (!isPageHidden.value && !isPaused()) refresher.request()
  }

  watch(options.inputs, () => {
    current.abort()
    current = new AbortController()
    isChanging.value = true
    refresher.request(CHOSEN_INTERVAL_MS)
  })
  watch([options.revision, isPaused], follow)
  useSeenInterval(follow, options.idleIntervalMs ?? IDLE_INTERVAL_MS)
  onScopeDispose(() => {
    refresher.stop()
    current.abort()
  })
  refresher.request()
  return { data, answeredAt, error, isChanging, refresh: () => refresher.request(CHOSEN_INTERVAL_MS) }
}

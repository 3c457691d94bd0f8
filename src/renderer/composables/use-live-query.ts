import type { Ref, ShallowRef, WatchSource } from 'vue'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { coalesce } from './coalesce.ts'

const MIN_INTERVAL_MS = 500
/** Ranges that end now move on even when nothing arrives. */
const IDLE_INTERVAL_MS = 15_000

export interface LiveQuery<T> {
  /** The newest answer; it stays while the next one is on its way. */
  data: ShallowRef<T | undefined>
  /** Why the newest question was not answered. */
  error: Ref<Error | undefined>
  refresh: () => void
}

/**
 * Asks a question again whenever its inputs change, when `revision` grows, and now and then. Answers that come after
 * the inputs have changed are thrown away.
 */
export function useLiveQuery<T>(options: {
  ask: () => Promise<T>
  inputs: WatchSource
  revision: WatchSource<number>
}): LiveQuery<T> {
  const data = shallowRef<T>()
  const error = ref<Error>()
  let generation = 0

  const refresher = coalesce(async () => {
    const asked = generation
    try {
      const answer = await options.ask()
      if (asked !== generation) return
      data.value = answer
      error.value = undefined
    } catch (reason) {
      if (asked === generation) error.value = reason instanceof Error ? reason : new Error(String(reason))
    }
  }, MIN_INTERVAL_MS)

  watch(options.inputs, () => {
    generation += 1
    refresher.request()
  })
  watch(options.revision, () => refresher.request())
  const idle = setInterval(() => refresher.request(), IDLE_INTERVAL_MS)
  onScopeDispose(() => {
    clearInterval(idle)
    refresher.stop()
  })
  refresher.request()
  return { data, error, refresh: () => refresher.request() }
}

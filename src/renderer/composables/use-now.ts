import type { Ref } from 'vue'
import { ref } from 'vue'
import { useSeenInterval } from './use-seen-interval.ts'

/** The time, epoch ms, that goes on every second while somebody can see it. */
export function useNow(): Ref<number> {
  const now = ref(Date.now())
  useSeenInterval(() => (now.value = Date.now()), 1_000)
  return now
}

import type { Ref } from 'vue'
import { onScopeDispose, ref } from 'vue'

/** The time, epoch ms, that goes on every second. */
export function useNow(): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), 1_000)
  onScopeDispose(() => clearInterval(timer))
  return now
}

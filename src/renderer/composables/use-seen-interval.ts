import { onScopeDispose, watch } from 'vue'
import { isPageHidden } from './page-hidden.ts'

/** Does something now and then while the page can be seen, and at once when it is seen again: hidden, it has no timer. */
export function useSeenInterval(task: () => void, intervalMs: number): void {
  let timer: ReturnType<typeof setInterval> | undefined
  const follow = () => {
    clearInterval(timer)
    timer = isPageHidden.value ? undefined : setInterval(task, intervalMs)
  }
  watch(isPageHidden, () => {
    follow()
    if (!isPageHidden.value) task()
  })
  follow()
  onScopeDispose(() => clearInterval(timer))
}

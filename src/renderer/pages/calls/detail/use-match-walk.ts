import type { ComputedRef, Ref } from 'vue'
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'

const CURRENT = 'current-match'

/** Goes from mark to mark in an element, in the order of its text, round and round. */
export function useMatchWalk(
  root: () => HTMLElement | null | undefined,
  wanted: () => string | undefined,
): { count: Ref<number>; current: ComputedRef<number>; go: (step: 1 | -1) => void } {
  const marks = shallowRef<readonly HTMLElement[]>([])
  const index = ref(-1)
  const count = computed(() => marks.value.length)

  /** Texts open, close and come: those that are there now are the ones to go through. */
  const observer = new MutationObserver(look)
  function look(): void {
    const before = marks.value[index.value]
    marks.value = [...(root()?.querySelectorAll<HTMLElement>('mark') ?? [])]
    index.value = before ? marks.value.indexOf(before) : -1
    if (index.value !== -1 || count.value === 0) return
    index.value = 0
    show(true)
  }

  function show(isFirst: boolean): void {
    const mark = marks.value[index.value]
    for (const other of root()?.querySelectorAll(`mark.${CURRENT}`) ?? []) other.classList.remove(CURRENT)
    mark?.classList.add(CURRENT)
    // What is folded must be open before one can scroll to it.
    mark?.closest('details')?.setAttribute('open', '')
    mark?.scrollIntoView({ block: isFirst ? 'nearest' : 'center' })
  }

  function go(step: 1 | -1): void {
    if (count.value === 0) return
    index.value = (index.value + step + count.value) % count.value
    show(false)
  }

  watch(
    [root, wanted],
    ([element]) => {
      observer.disconnect()
      if (element) observer.observe(element, { subtree: true, childList: true, characterData: true })
      index.value = -1
      look()
    },
    { immediate: true, flush: 'post' },
  )
  onScopeDispose(() => observer.disconnect())
  return { count, current: computed(() => index.value + 1), go }
}

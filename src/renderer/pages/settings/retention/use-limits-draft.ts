import type { ComputedRef, Ref } from 'vue'
import { computed, ref, watch } from 'vue'
import type { Retention } from '#shared/contract/retention.ts'
import { isSameLimits, mergeLimits } from './merge-limits.ts'

export interface LimitsDraft {
  draft: Ref<Retention>
  isChanged: ComputedRef<boolean>
  /** What was changed elsewhere while the form was filled in, and is shown as it is now. */
  followed: ComputedRef<(keyof Retention)[]>
  /** What was changed elsewhere, and here, too: saving keeps what stands here. */
  disputed: ComputedRef<(keyof Retention)[]>
  reset: () => void
}

/** What is written into the form of limits, over stored ones that may change meanwhile. */
export function useLimitsDraft(stored: () => Retention): LimitsDraft {
  let base = stored()
  const draft = ref(clone(base))
  const isChanged = computed(() => !isSameLimits(draft.value, stored()))
  const followed = ref(new Set<keyof Retention>())
  const disputed = ref(new Set<keyof Retention>())
  watch(stored, (theirs) => {
    const news = mergeLimits({ base, mine: draft.value, theirs })
    base = theirs
    draft.value = clone(news.merged)
    for (const name of news.followed) followed.value.add(name)
    for (const name of news.disputed) disputed.value.add(name)
    for (const name of disputed.value) followed.value.delete(name)
  })
  // A form that nobody writes into has only to show what holds.
  watch(isChanged, (isNow) => {
    if (isNow) return
    followed.value.clear()
    disputed.value.clear()
  })
  return {
    draft,
    isChanged,
    followed: computed(() => (isChanged.value ? [...followed.value] : [])),
    disputed: computed(() => (isChanged.value ? [...disputed.value] : [])),
    reset: () => (draft.value = clone(stored())),
  }
}

function clone(retention: Retention): Retention {
  return { ...retention, apps: retention.apps.map((app) => ({ ...app })) }
}

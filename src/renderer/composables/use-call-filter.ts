import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { FilterField, LabelFilter } from './call-filter.ts'
import { FILTER_FIELDS, filterFromQuery } from './call-filter.ts'

/** The filter of the page. It lives in the address beside the time range, so that back, forward and reload keep it. */
export function useCallFilter(): {
  filter: ComputedRef<LabelFilter>
  /** Narrows down by a label; undefined: by it no more. */
  choose: (field: FilterField, value: string | undefined) => void
  clear: () => void
} {
  const route = useRoute()
  const router = useRouter()
  const push = (changes: { [Field in FilterField]?: string | undefined }) =>
    void router.push({ query: { ...route.query, ...changes } })
  return {
    filter: computed(() => filterFromQuery(route.query)),
    choose: (field, value) => push({ [field]: value }),
    clear: () => push(Object.fromEntries(FILTER_FIELDS.map(({ field }) => [field, undefined]))),
  }
}

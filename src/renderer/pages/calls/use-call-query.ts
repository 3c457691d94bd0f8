import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { CallQuery } from '#shared/contract/call-query.ts'
import type { QueryChanges } from './call-filters.ts'
import { callQueryFrom, QUERY_FIELDS } from './call-filters.ts'

/** What the page's calls are narrowed down by. It lives in the address beside the time range. */
export function useCallQuery(): {
  query: ComputedRef<CallQuery>
  change: (changes: QueryChanges) => void
  clear: () => void
} {
  const route = useRoute()
  const router = useRouter()
  const change = (changes: QueryChanges) => void router.push({ query: { ...route.query, ...changes } })
  return {
    query: computed(() => callQueryFrom(route.query)),
    change,
    clear: () => change(Object.fromEntries(QUERY_FIELDS.map((field) => [field, undefined]))),
  }
}

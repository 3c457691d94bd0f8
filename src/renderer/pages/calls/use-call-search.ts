import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { CallSearch } from './call-search.ts'
import { SEARCH_FIELDS, searchFromQuery } from './call-search.ts'

/** The search of the page, beside its range and its labels in the address. */
export function useCallSearch(): {
  search: ComputedRef<CallSearch>
  /** Undefined: by it no more. */
  choose: (field: keyof CallSearch, value: string | undefined) => void
  /** Takes a search out of an address, together with the other fields named. */
  clear: (others: readonly string[]) => void
} {
  const route = useRoute()
  const router = useRouter()
  return {
    search: computed(() => searchFromQuery(route.query)),
    choose: (field, value) => void router.push({ query: { ...route.query, [field]: value || undefined } }),
    clear: (others) => {
      const gone = Object.fromEntries([...SEARCH_FIELDS, ...others].map((field) => [field, undefined]))
      void router.push({ query: { ...route.query, ...gone } })
    },
  }
}

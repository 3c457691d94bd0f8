import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { TimeRange } from './time-range.ts'
import { rangeFromQuery, rangeToQuery, withoutRange } from './time-range.ts'

/** The time range of the page. It lives in the address, so that back, forward and reload keep it, beside what else does. */
export function useTimeRange(): { range: ComputedRef<TimeRange>; choose: (range: TimeRange) => void } {
  const route = useRoute()
  const router = useRouter()
  return {
    range: computed(() => rangeFromQuery(route.query)),
    choose: (range) => void router.push({ query: { ...withoutRange(route.query), ...rangeToQuery(range) } }),
  }
}

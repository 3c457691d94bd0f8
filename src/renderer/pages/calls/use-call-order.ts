import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { CallOrder } from './call-order.ts'
import { orderFrom, orderToQuery } from './call-order.ts'

/** How the page's calls are sorted. It lives in the address, beside what they are narrowed down by. */
export function useCallOrder(): {
  order: ComputedRef<CallOrder | undefined>
  sortBy: (order: CallOrder | undefined) => void
} {
  const route = useRoute()
  const router = useRouter()
  return {
    order: computed(() => orderFrom(route.query)),
    sortBy: (order) => void router.push({ query: { ...route.query, ...orderToQuery(order) } }),
  }
}

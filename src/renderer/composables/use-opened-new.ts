import { watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/**
 * Opens a dialog for something new when the address asks for it (`?new=budget`), and takes that out of the address: one
 * who comes back to the page has not asked again.
 */
export function useOpenedNew(what: string, open: () => void): void {
  const route = useRoute()
  const router = useRouter()
  watch(
    () => route.query['new'],
    (asked) => {
      if (asked !== what) return
      open()
      void router.replace({ query: { ...route.query, new: undefined }, hash: route.hash })
    },
    { immediate: true },
  )
}

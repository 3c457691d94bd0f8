import type { WritableComputedRef } from 'vue'
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** A choice among few that lives in the page's address; the first one needs no place there. */
export function useQueryChoice<Value extends string>(
  name: string,
  values: readonly [Value, ...Value[]],
): WritableComputedRef<Value> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => values.find((value) => value === route.query[name]) ?? values[0],
    // How a part of the page is looked at is no step to go back from.
    set: (value) =>
      void router.replace({ query: { ...route.query, [name]: value === values[0] ? undefined : value } }),
  })
}

import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { TimeRange } from '../../composables/time-range.ts'
import { rangeFromQuery } from '../../composables/time-range.ts'
import type { FeedbackSearch } from './feedback-search.ts'
import { SEARCH_FIELDS, searchFromQuery } from './feedback-search.ts'

/** Feedback comes slowly, and is worked on days later: an hour would mostly be empty. */
const DEFAULT_RANGE: TimeRange = { kind: 'quick', name: '30d' }

/** What is to be searched by another value, or no more. */
export type SearchChanges = { [Field in keyof FeedbackSearch]?: FeedbackSearch[Field] | undefined }

/** The search of the page and its range, in the address. */
export function useFeedbackSearch(): {
  search: ComputedRef<FeedbackSearch>
  range: ComputedRef<TimeRange>
  /** Undefined: by it no more. What else of the address is to go, `others` name. */
  choose: (changes: SearchChanges, others?: Readonly<Record<string, undefined>>) => void
  clear: () => void
} {
  const route = useRoute()
  const router = useRouter()
  const push = (changes: Record<string, string | undefined>) =>
    void router.push({ query: { ...route.query, ...changes } })
  return {
    search: computed(() => searchFromQuery(route.query)),
    range: computed(() => {
      const { range, from } = route.query
      return range === undefined && from === undefined ? DEFAULT_RANGE : rangeFromQuery(route.query)
    }),
    choose: (changes, others = {}) => push({ ...changes, ...others }),
    clear: () => push(Object.fromEntries(SEARCH_FIELDS.map((field) => [field, undefined]))),
  }
}

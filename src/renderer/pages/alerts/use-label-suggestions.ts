import type { Ref } from 'vue'
import { onMounted, ref } from 'vue'
import { client } from '../../client.ts'

const MONTH_MS = 30 * 24 * 3_600_000
const VALUES_MAX = 200
const LABELS = [
  ['app', 'app'],
  ['model', 'model'],
  ['provider', 'provider'],
  ['appType', 'appType'],
  ['userId', 'user'],
  ['environment', 'environment'],
] as const

/** The values that each label had in the last 30 days, most frequent first. A choice, not a limit: none may be there. */
export function useLabelSuggestions(): Ref<Record<string, string[]>> {
  const suggestions = ref<Record<string, string[]>>({})
  onMounted(() => {
    const now = Date.now()
    for (const [name, by] of LABELS) {
      client.monitoring.breakdown({ from: now - MONTH_MS, to: now, by }).then(
        ({ rows }) =>
          (suggestions.value[name] = rows
            .slice(0, VALUES_MAX)
            .flatMap(({ key }) => (key === null ? [] : [key]))),
        // Without suggestions values can be written all the same.
        () => undefined,
      )
    }
  })
  return suggestions
}

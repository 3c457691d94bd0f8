import type { Ref } from 'vue'
import { computed } from 'vue'
import type { BreakdownBy, TopCallsBy } from '#shared/contract/monitoring.ts'
import { client } from '../../client.ts'
import type { LabelFilter } from '../../composables/call-filter.ts'
import type { TimeRange } from '../../composables/time-range.ts'
import { resolveRange } from '../../composables/time-range.ts'
import { useLiveQuery } from '../../composables/use-live-query.ts'
import { useCollector } from '../../stores/collector.ts'

const NEWEST_CALLS = 20

/** What the dashboard asks for, of the calls of a range that pass a filter. */
export function useDashboard(chosen: {
  range: Ref<TimeRange>
  filter: Ref<LabelFilter>
  breakdownBy: Ref<BreakdownBy>
  topCallsBy: Ref<TopCallsBy>
}) {
  const collector = useCollector()
  const revision = () => collector.revision
  /** As text: the address makes new objects of the same choices. */
  const calls = computed(() => JSON.stringify([chosen.range.value, chosen.filter.value]))
  const filterNow = () => ({ ...resolveRange(chosen.range.value, Date.now()), ...chosen.filter.value })

  // One question for figures, charts and the newest calls, so that they never show different moments.
  const main = useLiveQuery({
    ask: async (signal) => {
      const range = chosen.range.value
      const filter = filterNow()
      const [status, comparison, series, newest] = await Promise.all([
        collector.refresh(),
        client.monitoring.comparison(filter, { signal }),
        client.monitoring.series(filter, { signal }),
        client.appLogs.list({ ...filter, limit: NEWEST_CALLS }, { signal }),
      ])
      return { range, status, comparison, summary: comparison.current, series, calls: newest.items }
    },
    inputs: calls,
    revision,
  })
  // What is chosen inside a panel must not make the page wait.
  const breakdown = useLiveQuery({
    ask: async (signal) => {
      const by = chosen.breakdownBy.value
      const { rows } = await client.monitoring.breakdown({ ...filterNow(), by }, { signal })
      return { by, rows }
    },
    inputs: computed(() => calls.value + chosen.breakdownBy.value),
    revision,
  })
  const topCalls = useLiveQuery({
    ask: async (signal) => {
      const by = chosen.topCallsBy.value
      const { items } = await client.monitoring.topCalls({ ...filterNow(), by }, { signal })
      return { by, calls: items }
    },
    inputs: computed(() => calls.value + chosen.topCallsBy.value),
    revision,
  })
  return { main, breakdown, topCalls }
}

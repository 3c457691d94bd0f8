import type { Ref } from 'vue'
import { computed } from 'vue'
import type { BreakdownBy, BreakdownRow, TopCallsBy } from '#shared/contract/monitoring.ts'
import { client } from '../../client.ts'
import { firstDrawn } from '../../components/charts/draw-in-turn.ts'
import type { LabelFilter } from '../../composables/call-filter.ts'
import type { TimeRange } from '../../composables/time-range.ts'
import { resolveRange } from '../../composables/time-range.ts'
import { useLiveQuery } from '../../composables/use-live-query.ts'
import { useCollector } from '../../stores/collector.ts'
import type { PanelId } from './dashboard-panels.ts'
import type { RankDimension } from './rank-metrics.ts'

const NEWEST_CALLS = 20
/** Rankings change slowly, and are asked for by their own. */
const RANKINGS_INTERVAL_MS = 2_000
/** Budgets change when somebody changes them. */
const BUDGETS_INTERVAL_MS = 60_000

/** The panels that rank, and by what. */
export const RANKINGS = {
  models: 'model',
  apps: 'app',
  users: 'user',
  errors: 'errorType',
} as const satisfies { [Id in PanelId]?: RankDimension }
export type RankingId = keyof typeof RANKINGS

/** What the dashboard asks for, of the calls of a range that pass a filter: only what is shown. */
export function useDashboard(chosen: {
  range: Ref<TimeRange>
  filter: Ref<LabelFilter>
  breakdownBy: Ref<BreakdownBy>
  topCallsBy: Ref<TopCallsBy>
  isShown: (id: PanelId) => boolean
  /** While it is, nothing is asked but what is chosen. */
  isPaused: Ref<boolean>
}) {
  const collector = useCollector()
  const { isShown } = chosen
  const revision = () => collector.revision
  const isPaused = () => chosen.isPaused.value
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
        isShown('newest-calls') ? client.appLogs.list({ ...filter, limit: NEWEST_CALLS }, { signal }) : null,
      ])
      const span = { from: filter.from, to: filter.to }
      return {
        range,
        span,
        status,
        comparison,
        summary: comparison.current,
        series,
        calls: newest?.items,
      }
    },
    inputs: computed(() => `${calls.value}${isShown('newest-calls')}`),
    revision,
    isPaused,
  })
  // What is chosen inside a panel must not make the page wait; nor must what is below the charts, at the start.
  const breakdown = useLiveQuery({
    ask: async (signal) => {
      await firstDrawn()
      const by = chosen.breakdownBy.value
      if (!isShown('breakdown')) return { by, rows: [] }
      const { rows } = await client.monitoring.breakdown({ ...filterNow(), by }, { signal })
      return { by, rows }
    },
    inputs: computed(() => `${calls.value}${chosen.breakdownBy.value}${isShown('breakdown')}`),
    revision,
    isPaused,
  })
  const topCalls = useLiveQuery({
    ask: async (signal) => {
      await firstDrawn()
      const by = chosen.topCallsBy.value
      if (!isShown('top-calls')) return { by, calls: [] }
      const { items } = await client.monitoring.topCalls({ ...filterNow(), by }, { signal })
      return { by, calls: items }
    },
    inputs: computed(() => `${calls.value}${chosen.topCallsBy.value}${isShown('top-calls')}`),
    revision,
    isPaused,
  })
  const ranked = () => (Object.keys(RANKINGS) as RankingId[]).filter((id) => isShown(id))
  const rankings = useLiveQuery({
    ask: async (signal) => {
      await firstDrawn()
      const filter = filterNow()
      const answers = ranked().map(async (id) => {
        const { rows } = await client.monitoring.breakdown({ ...filter, by: RANKINGS[id] }, { signal })
        return [id, rows] as const
      })
      return new Map<RankingId, BreakdownRow[]>(await Promise.all(answers))
    },
    inputs: computed(() => `${calls.value}${ranked().join()}`),
    revision,
    minIntervalMs: RANKINGS_INTERVAL_MS,
    isPaused,
  })
  const budgets = useLiveQuery({
    ask: async (signal) => (await client.budgets.list({}, { signal })).items,
    inputs: () => isShown('cost'),
    revision: () => 0,
    idleIntervalMs: BUDGETS_INTERVAL_MS,
  })
  return { main, breakdown, topCalls, rankings, budgets }
}

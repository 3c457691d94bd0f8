import type {
  Retention,
  RetentionPhase,
  RetentionPreview,
  RetentionPreviewItem,
} from '#shared/contract/retention.ts'
import type { Store } from '../store/store.ts'
import { keptFrom, planSteps } from './plan.ts'
import { BYTES_PER_GIGABYTE } from './run.ts'

const DAY_MS = 24 * 3_600_000
/** Alert records and notifications that are counted. */
const COUNT_MAX = 100_000

/** What a run would delete now, about. The work grows with days and label sets, not with calls. */
export async function previewRun(
  store: Pick<Store, 'ask'>,
  retention: Retention,
  now: number,
): Promise<RetentionPreview> {
  const { rollupsDays, alertsDays, maxGigabytes } = retention
  const items: RetentionPreviewItem[] = []
  for (const step of planSteps(retention, now)) {
    const { apps } = await store.ask('expiringByApp', { ...step, now })
    items.push(...apps.map((app) => ({ kind: step.kind, ...app })))
  }
  items.sort((a, b) => b.sizeBytes - a.sizeBytes)
  const { usedBytes } = await store.ask('storeSize', null)
  const oldest = await store.ask('oldestKept', {
    alertsBefore: alertsDays === null ? null : keptFrom(alertsDays, now),
    countMax: COUNT_MAX,
  })
  const going = items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const firstDay = oldest.firstRollupDay
  const rollupDays =
    rollupsDays === null || firstDay === null ? 0 : (keptFrom(rollupsDays, now) - firstDay) / DAY_MS
  return {
    items,
    rollupDays: Math.max(0, rollupDays),
    alertRecords: oldest.oldAlertRecords,
    notifications: oldest.oldDeliveries,
    usedBytes,
    overBytes:
      maxGigabytes === null
        ? 0
        : Math.max(0, Math.round(usedBytes - going - maxGigabytes * BYTES_PER_GIGABYTE)),
  }
}

/** About how much there is to do, by phase. */
export function totalsOf({ items, rollupDays, alertRecords, notifications }: RetentionPreview) {
  const calls = (kind: 'bodies' | 'calls') =>
    items.reduce((sum, item) => sum + (item.kind === kind ? item.calls : 0), 0)
  return {
    bodies: calls('bodies'),
    calls: calls('calls'),
    rollups: rollupDays,
    alerts: alertRecords + notifications,
  } satisfies Partial<Record<RetentionPhase, number>>
}

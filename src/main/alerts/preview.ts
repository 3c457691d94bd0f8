import { chunksOf } from '#shared/chunks-of.ts'
import type { AlertPreview, NewAlertRule } from '#shared/contract/alerts/rules.ts'
import type { InstanceLabels } from '../store/alerts/alert-changes.ts'
import type { PreviewPoint } from '../store/alerts/preview-rule.ts'
import type { Store } from '../store/store.ts'
import type { InstanceState } from './machine.ts'
import { step } from './machine.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const STEP_MIN_MS = 5 * MINUTE_MS
/** What is compared costs a look into the past for each point. */
const STEP_COMPARED_MS = 15 * MINUTE_MS
/** Points of a window: more of them hardly differ. */
const STEPS_PER_WINDOW = 48
/** Points that are asked for at once. */
const CHUNK = 24

/**
 * The course of a rule's first condition over the last day, and when the rule would have fired. It is measured less often than
 * the engine does, so that what it waits for is rounded up.
 *
 * @param now epoch ms
 * @throws ConsoleError `store-failed` with the reason if it cannot be measured.
 */
export async function previewRule(
  store: Pick<Store, 'previewRule'>,
  rule: NewAlertRule,
  { now, budgets }: { now: number; budgets: Record<string, number> },
): Promise<AlertPreview> {
  const stepMs = stepOf(rule)
  // The running minute counts: who tries a rule out has often just sent the calls for it.
  const end = Math.ceil(now / MINUTE_MS) * MINUTE_MS
  const count = Math.floor(DAY_MS / stepMs)
  const times = Array.from({ length: count + 1 }, (_, index) => end - (count - index) * stepMs)
  const points: PreviewPoint[] = []
  for (const some of chunksOf(times, CHUNK))
    points.push(...(await store.previewRule({ rule, times: some, end, budgets })))
  const courses = new Map<string, InstanceLabels>()
  for (const { readings } of points)
    for (const { labels } of readings) courses.set(JSON.stringify(labels), labels)
  const [condition] = rule.conditions
  return {
    bucketMs: stepMs,
    threshold: condition === undefined || condition.compareTo !== undefined ? null : condition.threshold,
    series: [...courses].map(([key, labels]) => ({
      labels,
      points: points.map(({ t, readings }) => ({ t, value: readingOf(readings, key)?.value ?? null })),
    })),
    firings: [...courses].flatMap(([key, labels]) =>
      firingsOf(rule, points, key).map((firing) => ({ labels, ...firing })),
    ),
  }
}

function stepOf({ conditions }: NewAlertRule): number {
  const longestMs = Math.max(...conditions.map(({ windowMinutes }) => windowMinutes * MINUTE_MS))
  const isCompared = conditions.some(({ compareTo }) => compareTo !== undefined)
  const least = Math.max(isCompared ? STEP_COMPARED_MS : STEP_MIN_MS, longestMs / STEPS_PER_WINDOW)
  return Math.ceil(least / STEP_MIN_MS) * STEP_MIN_MS
}

function readingOf(readings: PreviewPoint['readings'], key: string) {
  return readings.find(({ labels }) => JSON.stringify(labels) === key)
}

/** When one instance would have fired; null: it still would. */
function firingsOf(
  rule: NewAlertRule,
  points: readonly PreviewPoint[],
  key: string,
): { from: number; to: number | null }[] {
  const patience = {
    forMs: rule.forMinutes * MINUTE_MS,
    keepFiringMs: rule.keepFiringForMinutes * MINUTE_MS,
  }
  const firings: { from: number; to: number | null }[] = []
  let state: InstanceState | null = null
  for (const { t, readings } of points) {
    const verdict = readingOf(readings, key)?.verdict ?? 'well'
    const next = step(state, verdict, patience, { now: t, liveSince: -Infinity, isAfterLongBreak: false })
    if (next.transition === 'fires') firings.push({ from: t, to: null })
    const last = firings.at(-1)
    if (next.transition === 'resolves' && last) last.to = t
    state = next.state
  }
  return firings
}

import type { Retention } from '#shared/contract/retention.ts'
import type { ExpiryKind, ExpiryScope } from '../store/queries/expiry-scope.ts'

const DAY_MS = 24 * 3_600_000

/** Something that goes by its age. */
export interface ExpiryStep {
  kind: ExpiryKind
  scope: ExpiryScope
  /** Where a day begins (UTC), epoch ms: days before it go, whole ones. */
  before: number
}

/** @returns the first day (UTC) that is kept: what started so many times 24 hours ago is on it, or later. */
export function keptFrom(days: number, now: number): number {
  return Math.floor((now - days * DAY_MS) / DAY_MS) * DAY_MS
}

/** What is to go, calls first: those that go need not lose their texts before. */
export function planSteps(retention: Retention, now: number): ExpiryStep[] {
  const { apps, bodiesDays, callsDays } = retention
  const others: ExpiryScope = { exceptApps: apps.map(({ app }) => app) }
  const scopes = [
    ...apps.map((app) => ({ scope: { app: app.app }, ...app })),
    { scope: others, bodiesDays, callsDays },
  ]
  const stepsOf = (kind: ExpiryKind, field: 'callsDays' | 'bodiesDays') =>
    scopes.flatMap((of) =>
      of[field] === null ? [] : [{ kind, scope: of.scope, before: keptFrom(of[field], now) }],
    )
  return [...stepsOf('calls', 'callsDays'), ...stepsOf('bodies', 'bodiesDays')]
}

import { expect, test } from 'vitest'
import { DEFAULT_RETENTION, retentionSchema } from '#shared/contract/retention.ts'
import { planSteps } from '../../../src/main/retention/plan.ts'
import { dueTimes } from '../../../src/main/retention/schedule.ts'

const NOW = Date.UTC(2026, 5, 30, 12)

test('calls go before texts, and apps with limits of their own are left out of the others', () => {
  const apps = [{ app: 'a', bodiesDays: null, callsDays: 1 }]
  expect(planSteps({ ...DEFAULT_RETENTION, apps }, NOW)).toEqual([
    { kind: 'calls', scope: { app: 'a' }, before: Date.UTC(2026, 5, 29) },
    { kind: 'calls', scope: { exceptApps: ['a'] }, before: Date.UTC(2026, 0, 1) },
    { kind: 'bodies', scope: { exceptApps: ['a'] }, before: Date.UTC(2026, 4, 31) },
  ])
})

test.each([
  ['texts for longer than calls', { bodiesDays: 200 }, 'bodiesDays'],
  ['texts for ever and calls not', { bodiesDays: null }, 'bodiesDays'],
  ['calls for longer than what was counted', { rollupsDays: 100 }, 'callsDays'],
  [
    'an app for longer than what was counted',
    { rollupsDays: 200, apps: [{ app: 'a', bodiesDays: 1, callsDays: null }] },
    'apps.0.callsDays',
  ],
  ['an app twice', { apps: [1, 2].map(() => ({ app: 'a', bodiesDays: 1, callsDays: 1 })) }, 'apps.1.app'],
  ['no day', { callsDays: 0, bodiesDays: 0 }, 'bodiesDays'],
  ['half a day', { bodiesDays: 0.5 }, 'bodiesDays'],
  ['an hour that no day has', { hour: 24 }, 'hour'],
  ['less than nothing', { maxGigabytes: -1 }, 'maxGigabytes'],
  ['a folder that is somewhere', { archiveFolder: '../archives' }, 'archiveFolder'],
])('keeping %s is refused', (_what, choices, path) => {
  const result = retentionSchema.safeParse({ ...DEFAULT_RETENTION, ...choices })
  expect(result.error?.issues.map((issue) => issue.path.join('.'))).toContain(path)
})

test('a run is due at its hour of the local day', () => {
  const at = (day: number, hour: number, minute = 0) => new Date(2026, 5, day, hour, minute).getTime()
  expect(dueTimes(at(10, 2, 59), 3)).toEqual({ last: at(9, 3), next: at(10, 3) })
  expect(dueTimes(at(10, 3), 3)).toEqual({ last: at(10, 3), next: at(11, 3) })
})

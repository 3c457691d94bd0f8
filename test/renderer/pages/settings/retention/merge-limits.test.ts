import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Retention } from '#shared/contract/retention.ts'
import { DEFAULT_RETENTION } from '#shared/contract/retention.ts'
import {
  isSameLimits,
  mergeLimits,
} from '../../../../../src/renderer/pages/settings/retention/merge-limits.ts'

const base: Retention = {
  ...DEFAULT_RETENTION,
  apps: [
    { app: 'shop', bodiesDays: 7, callsDays: 30 },
    { app: '客服', bodiesDays: null, callsDays: null },
  ],
}

const days = fc.option(fc.integer({ min: 1, max: 3 }))
const limits: fc.Arbitrary<Retention> = fc.record({
  isNightly: fc.boolean(),
  hour: fc.integer({ min: 0, max: 2 }),
  bodiesDays: days,
  callsDays: days,
  rollupsDays: days,
  alertsDays: days,
  maxGigabytes: days,
  apps: fc.uniqueArray(
    fc.record({ app: fc.constantFrom('a', 'b', 'c'), bodiesDays: days, callsDays: days }),
    {
      selector: ({ app }) => app,
    },
  ),
  isArchiving: fc.boolean(),
  archiveFolder: fc.constantFrom(null, '/archives'),
})

describe('limits that change while the form is filled in', () => {
  test('each side keeps what only it has changed; where both have, the form wins and says so', () => {
    const mine: Retention = {
      ...base,
      bodiesDays: 10,
      callsDays: 90,
      apps: [{ app: 'shop', bodiesDays: 3, callsDays: 30 }, ...base.apps.slice(1)],
    }
    const theirs: Retention = {
      ...base,
      callsDays: 60,
      alertsDays: null,
      archiveFolder: '/archives',
      apps: [...base.apps, { app: 'bot', bodiesDays: 1, callsDays: 1 }],
    }
    expect(mergeLimits({ base, mine, theirs })).toEqual({
      merged: {
        ...base,
        bodiesDays: 10,
        callsDays: 90,
        alertsDays: null,
        archiveFolder: '/archives',
        apps: [
          { app: 'shop', bodiesDays: 3, callsDays: 30 },
          { app: '客服', bodiesDays: null, callsDays: null },
          { app: 'bot', bodiesDays: 1, callsDays: 1 },
        ],
      },
      followed: ['alertsDays', 'archiveFolder', 'apps'],
      disputed: ['callsDays'],
    })
  })

  test('an app that was taken out on one side is gone, unless the other has changed it', () => {
    const without = { ...base, apps: base.apps.slice(1) }
    expect(mergeLimits({ base, mine: base, theirs: without }).merged.apps).toEqual(without.apps)
    expect(mergeLimits({ base, mine: without, theirs: base }).merged.apps).toEqual(without.apps)
    const changed = { ...base, apps: [{ app: 'shop', bodiesDays: 1, callsDays: 1 }, ...without.apps] }
    expect(mergeLimits({ base, mine: changed, theirs: without })).toMatchObject({
      merged: { apps: changed.apps },
      disputed: ['apps'],
    })
  })

  test('what both sides changed to the same, or only one side, is not disputed', () => {
    fc.assert(
      fc.property(limits, limits, (one, other) => {
        expect(mergeLimits({ base: one, mine: one, theirs: other })).toMatchObject({
          merged: { ...other, apps: expect.arrayContaining(other.apps) as unknown[] },
          disputed: [],
        })
        const alike = mergeLimits({ base: one, mine: other, theirs: other })
        expect(alike).toEqual({ merged: other, followed: [], disputed: [] })
        const own = mergeLimits({ base: one, mine: other, theirs: one })
        expect(isSameLimits(own.merged, other)).toBe(true)
        expect(own).toMatchObject({ followed: [], disputed: [] })
      }),
    )
  })

  test('a field that holds no number yet is not one without a limit', () => {
    const empty = { ...base, rollupsDays: Number.NaN }
    expect(isSameLimits(base, empty)).toBe(false)
    expect(isSameLimits(empty, { ...empty })).toBe(true)
    expect(mergeLimits({ base, mine: empty, theirs: base }).merged.rollupsDays).toBeNaN()
  })
})

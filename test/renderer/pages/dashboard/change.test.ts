import { describe, expect, test } from 'vitest'
import { relativeChange, shareChange } from '../../../../src/renderer/pages/dashboard/change.ts'

describe('a change', () => {
  test.each([
    { now: 150, before: 100, change: { direction: 'up', amount: 0.5 } },
    { now: 50, before: 100, change: { direction: 'down', amount: 0.5 } },
    { now: 0, before: 100, change: { direction: 'down', amount: 1 } },
    { now: 100, before: 100, change: { direction: 'same' } },
    // It would read as 0 %.
    { now: 100_049, before: 100_000, change: { direction: 'same' } },
    { now: 0, before: 0, change: { direction: 'same' } },
    { now: 5, before: 0, change: { direction: 'new' } },
    { now: null, before: 100, change: null },
    { now: 100, before: null, change: null },
  ])('from $before to $now is $change of what it was', ({ now, before, change }) => {
    expect(relativeChange(now, before)).toEqual(change)
  })

  test.each([
    { now: 0.75, before: 0.5, change: { direction: 'up', amount: 0.25 } },
    { now: 0, before: 1, change: { direction: 'down', amount: 1 } },
    // Of nothing to something is so many points, too.
    { now: 0.5, before: 0, change: { direction: 'up', amount: 0.5 } },
    { now: 0.9999, before: 0.99991, change: { direction: 'same' } },
    { now: null, before: 0.5, change: null },
    { now: 0.5, before: null, change: null },
  ])('from a share of $before to $now is $change in parts of one', ({ now, before, change }) => {
    expect(shareChange(now, before)).toEqual(change)
  })
})

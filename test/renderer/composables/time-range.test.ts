import { describe, expect, test } from 'vitest'
import {
  rangeFromQuery,
  rangeToQuery,
  resolveRange,
  zoomInto,
} from '../../../src/renderer/composables/time-range.ts'

const NOON = Date.parse('2026-11-24T12:00:00.250Z')

describe('time range', () => {
  test('a quick range ends with the running minute, so that a call of this moment is in it', () => {
    const { from, to } = resolveRange({ kind: 'quick', name: '1h' }, NOON)
    expect(new Date(to).toISOString()).toBe('2026-11-24T12:01:00.000Z')
    expect(to - from).toBe(3_600_000)
  })

  test.each([
    [{ kind: 'quick', name: '7d' } as const, { range: '7d' }],
    [{ kind: 'custom', from: 1_000, to: 2_000 } as const, { from: '1000', to: '2000' }],
    [
      { kind: 'custom', from: 1_000, to: 2_000, outOf: { kind: 'quick', name: '7d' } } as const,
      { from: '1000', to: '2000', outOf: '7d' },
    ],
    [
      { kind: 'custom', from: 1_000, to: 2_000, outOf: { kind: 'custom', from: 0, to: 9_000 } } as const,
      { from: '1000', to: '2000', outOf: '0-9000' },
    ],
  ])('%o goes into the address and comes back', (range, query) => {
    expect(rangeToQuery(range)).toEqual(query)
    expect(rangeFromQuery(query)).toEqual(range)
  })

  test.each([
    {},
    { range: '2h' },
    { range: '__proto__' },
    { range: ['1h', '6h'] },
    { from: '2000', to: '1000' },
    { from: 'yesterday', to: '2000' },
    { from: '1000' },
  ])('%o is not a range and means the default', (query) => {
    expect(rangeFromQuery(query)).toEqual({ kind: 'quick', name: '1h' })
  })

  test.each(['2h', '', '9-1', '1-', 'x-y', ['7d']])('what %o was zoomed out of is not known', (outOf) => {
    expect(rangeFromQuery({ from: '1000', to: '2000', outOf })).toEqual({
      kind: 'custom',
      from: 1_000,
      to: 2_000,
    })
  })

  test('zooming twice leads back to where it began', () => {
    const once = zoomInto({ kind: 'quick', name: '24h' }, { from: 1_000, to: 9_000 })
    expect(once).toEqual({
      kind: 'custom',
      from: 1_000,
      to: 9_000,
      outOf: { kind: 'quick', name: '24h' },
    })
    expect(zoomInto(once, { from: 2_000, to: 3_000 })).toEqual({
      kind: 'custom',
      from: 2_000,
      to: 3_000,
      outOf: { kind: 'quick', name: '24h' },
    })
  })
})

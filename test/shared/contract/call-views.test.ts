import { describe, expect, test } from 'vitest'
import { settingsSchema } from '../../../src/shared/contract/settings.ts'
import { LIMITS } from '../../../src/shared/limits.ts'

const view = { id: 'a', name: 'Slow', address: 'range=1h', columns: null }
const isTaken = (settings: object) => settingsSchema.safeParse(settings).success

describe('views of the list of calls', () => {
  test('are settings: none, and the columns that it comes with, until something is chosen', () => {
    const { callViews, callColumns, defaultCallView } = settingsSchema.parse({})
    expect({ callViews, callColumns, defaultCallView }).toEqual({
      callViews: [],
      callColumns: null,
      defaultCallView: null,
    })
  })

  test('have a name, and as many as there may be', () => {
    expect(settingsSchema.parse({ callViews: [{ ...view, name: ' Slow ' }] }).callViews[0]?.name).toBe('Slow')
    expect(isTaken({ callViews: [{ ...view, name: '  ' }] })).toBe(false)
    expect(isTaken({ callViews: [{ ...view, name: 'x'.repeat(LIMITS.viewNameLength + 1) }] })).toBe(false)
    expect(isTaken({ callViews: [view, view] })).toBe(false)
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...view, id: `v${index}` }))
    expect(isTaken({ callViews: many(LIMITS.callViews) })).toBe(true)
    expect(isTaken({ callViews: many(LIMITS.callViews + 1) })).toBe(false)
    expect(isTaken({ callViews: [{ ...view, address: 'x'.repeat(LIMITS.viewAddressLength + 1) }] })).toBe(
      false,
    )
  })

  test('have columns of a width that can be seen, each once', () => {
    const columns = (...callColumns: object[]) => isTaken({ callColumns })
    expect(columns({ id: 'app', widthPx: LIMITS.columnMinPx }, { id: 'cost' })).toBe(true)
    expect(columns({ id: 'app', widthPx: LIMITS.columnMinPx - 1 })).toBe(false)
    expect(columns({ id: 'app', widthPx: LIMITS.columnMaxPx + 1 })).toBe(false)
    expect(columns({ id: 'app' }, { id: 'app' })).toBe(false)
  })
})

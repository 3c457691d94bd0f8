import { expect, test } from 'vitest'
import { settingsSchema } from '../../../src/shared/contract/settings.ts'
import { LIMITS } from '../../../src/shared/limits.ts'

const isTaken = (dashboardPanels: unknown) => settingsSchema.safeParse({ dashboardPanels }).success
const panels = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `p${index}`, isShown: index % 2 === 0 }))

test('the dashboard is as it comes until its panels are arranged', () => {
  expect(settingsSchema.parse({}).dashboardPanels).toBeNull()
})

test('an arrangement names each panel once, and as many as there may be', () => {
  expect(isTaken(panels(LIMITS.dashboardPanels))).toBe(true)
  expect(isTaken(panels(LIMITS.dashboardPanels + 1))).toBe(false)
  expect(isTaken([...panels(1), ...panels(1)])).toBe(false)
  expect(isTaken([{ id: '', isShown: true }])).toBe(false)
  expect(isTaken([{ id: 'cost' }])).toBe(false)
})

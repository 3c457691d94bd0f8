import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  arrangePanels,
  choiceOf,
  movePanel,
  PANELS,
} from '../../../../src/renderer/pages/dashboard/dashboard-panels.ts'

const ids = PANELS.map(({ id }) => id)

test('nobody chose: the panels are as they come, and nothing is kept', () => {
  expect(arrangePanels(null).map(({ id }) => id)).toEqual(ids)
  expect(arrangePanels(null).every(({ isShown }) => isShown)).toBe(true)
  expect(choiceOf(arrangePanels(null))).toBeNull()
  expect(choiceOf(arrangePanels([]))).toBeNull()
})

test('a panel that was not known when they were arranged comes after the one that it comes after by nature', () => {
  const chosen = ids.filter((id) => id !== 'tokens').map((id) => ({ id, isShown: id !== 'users' }))
  const arranged = arrangePanels(chosen.toReversed())
  const places = arranged.map(({ id }) => id)
  expect(places.indexOf('tokens')).toBe(places.indexOf('cost') + 1)
  expect(arranged.find(({ id }) => id === 'tokens')?.isShown).toBe(true)
  expect(arranged.find(({ id }) => id === 'users')?.isShown).toBe(false)
})

test('one that is no longer known is left out', () => {
  expect(arrangePanels([{ id: 'horoscope', isShown: true }]).map(({ id }) => id)).toEqual(ids)
})

test('a moved panel is where it was moved to', () => {
  const moved = movePanel(arrangePanels(null), 'cost', 0)
  expect(moved.map(({ id }) => id).slice(0, 3)).toEqual(['cost', 'response-time', 'outcome'])
  expect(movePanel(moved, 'cost', 2).map(({ id }) => id)).toEqual(ids)
})

test('whatever is moved and hidden, no panel is lost or there twice, and what is kept arranges the same', () => {
  const change = fc.record({
    id: fc.constantFrom(...ids),
    to: fc.nat(ids.length - 1),
    isShown: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      const arranged = changes.reduce(
        (panels, { id, to, isShown }) =>
          movePanel(panels, id, to).map((panel) => (panel.id === id ? { ...panel, isShown } : panel)),
        arrangePanels(null),
      )
      expect(arranged.map(({ id }) => id).sort()).toEqual(ids.toSorted())
      expect(arrangePanels(choiceOf(arranged))).toEqual(arranged)
    }),
  )
})

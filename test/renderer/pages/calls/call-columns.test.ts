import { expect, test } from 'vitest'
import {
  choiceOf,
  columnsOf,
  moveColumn,
  tracksOf,
} from '../../../../src/renderer/pages/calls/call-columns.ts'

const idsOf = (columns: readonly { id: string }[]) => columns.map(({ id }) => id)

test('columns come in the order chosen; what is no column is left out', () => {
  expect(idsOf(columnsOf([{ id: 'cost' }, { id: 'later' }, { id: 'app' }]))).toEqual(['cost', 'app'])
  expect(columnsOf([])).toEqual([])
  expect(idsOf(columnsOf(null))).toContain('model')
})

test('columns as they come are no choice', () => {
  const columns = columnsOf(null)
  expect(choiceOf(columns)).toBeNull()
  expect(choiceOf(columns.toReversed())).toHaveLength(columns.length)
  const wider = columns.map((column) => (column.id === 'app' ? { ...column, widthPx: 300 } : column))
  expect(choiceOf(wider)?.[0]).toEqual({ id: 'app', widthPx: 300 })
  expect(columnsOf(choiceOf(wider))).toEqual(wider)
})

test('a column moves to a place, and not beyond the ends', () => {
  const columns = columnsOf([{ id: 'app' }, { id: 'model' }, { id: 'cost' }])
  expect(idsOf(moveColumn(columns, 'app', 1))).toEqual(['model', 'app', 'cost'])
  expect(idsOf(moveColumn(columns, 'app', 9))).toEqual(['model', 'cost', 'app'])
  expect(idsOf(moveColumn(columns, 'cost', -1))).toEqual(['cost', 'app', 'model'])
  expect(idsOf(moveColumn(columns, 'nothing', 0))).toEqual(['app', 'model', 'cost'])
})

test('a width that was chosen holds, and the row ends with the list in any case', () => {
  const free = tracksOf(columnsOf([{ id: 'app', widthPx: 250 }, { id: 'model' }]))
  expect(free).toEqual({ template: '164px 250px minmax(140px, 1.4fr)', minPx: 554 })
  expect(tracksOf(columnsOf([{ id: 'app', widthPx: 250 }, { id: 'cost' }])).template).toBe(
    'minmax(164px, 1fr) 250px 118px',
  )
})

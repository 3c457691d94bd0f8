import { describe, expect, test } from 'vitest'
import { filterFromQuery } from '../../../src/renderer/composables/call-filter.ts'
import { withoutRange } from '../../../src/renderer/composables/time-range.ts'

describe('a filter in the address', () => {
  test('is read beside the range, and having no label is something else than any', () => {
    const query = { range: '7d', app: 'checkout-bot', model: '', userId: '<b>', by: 'user' }
    expect(filterFromQuery(query)).toEqual({ app: 'checkout-bot', model: '', userId: '<b>' })
  })

  test.each([
    { name: 'a parameter without a value', query: { app: null } },
    { name: 'one that is there twice', query: { app: ['a', 'b'] } },
    { name: 'a name longer than names are', query: { app: 'x'.repeat(201) } },
    { name: 'one that is no label', query: { status: 'error', __proto__: { app: 'a' } } },
  ])('leaves out $name', ({ query }) => {
    expect(filterFromQuery({ ...query })).toEqual({})
  })

  test('stays when the range changes', () => {
    const query = { range: '7d', from: '1', to: '2', outOf: '1h', app: 'a', by: 'user' }
    expect(withoutRange(query)).toEqual({ app: 'a', by: 'user' })
  })
})

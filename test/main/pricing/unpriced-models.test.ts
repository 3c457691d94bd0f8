import { expect, test } from 'vitest'
import { unpricedModels } from '../../../src/main/pricing/unpriced-models.ts'

const row = (model: string, provider: string, calls: number) => ({ model, provider, calls })
const book = {
  price: ({ model, provider }: { model: string | null; provider: string | null }) =>
    model === 'gpt-4o' && provider !== 'azure'
      ? { costNanos: 1, costConfigId: 'catalogue:openai:gpt-4o' }
      : null,
}

test('models that a price would help come first, most calls first, each with its provider', () => {
  const rows = [
    row('gpt-4o', 'openai', 9),
    row('', '', 8),
    row('house-a', '', 1),
    row('house-b', 'house', 5),
    row('gpt-4o', 'azure', 2),
  ]
  expect(unpricedModels(rows, book, 0)).toEqual([
    { model: 'house-b', provider: 'house', calls: 5, reason: 'no-price' },
    { model: 'gpt-4o', provider: 'azure', calls: 2, reason: 'no-price' },
    { model: 'house-a', provider: null, calls: 1, reason: 'no-price' },
    { model: 'gpt-4o', provider: 'openai', calls: 9, reason: 'has-price' },
    { model: null, provider: null, calls: 8, reason: 'no-model' },
  ])
})

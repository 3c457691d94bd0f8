import { expect, test } from 'vitest'
import { unpricedModels } from '../../../src/main/pricing/unpriced-models.ts'
import type { BreakdownRow } from '#shared/contract/monitoring.ts'

const row = (key: string | null, unpricedRequests: number) => ({ key, unpricedRequests }) as BreakdownRow
const book = {
  price: ({ model }: { model: string | null }) =>
    model === 'gpt-4o' ? { costNanos: 1, costConfigId: 'catalogue:openai:gpt-4o' } : null,
}

test('models that a price would help come first, most calls first; priced ones are not there', () => {
  const rows = [row('gpt-4o', 9), row(null, 8), row('house-a', 1), row('priced', 0), row('house-b', 5)]
  expect(unpricedModels(rows, book, 0)).toEqual([
    { model: 'house-b', calls: 5, reason: 'no-price' },
    { model: 'house-a', calls: 1, reason: 'no-price' },
    { model: 'gpt-4o', calls: 9, reason: 'no-tokens' },
    { model: null, calls: 8, reason: 'no-tokens' },
  ])
})

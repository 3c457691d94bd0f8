import { describe, expect, test } from 'vitest'
import { newCostConfigSchema } from '#shared/contract/cost-configs.ts'
import { formOf, inputOf, newTier } from '../../../../src/renderer/pages/costs/price-form.ts'
import { validityOf } from '../../../../src/renderer/pages/costs/price-validity.ts'

const RATES = {
  inputPerMillion: 2.5,
  outputPerMillion: 10,
  cachedInputPerMillion: 0.25,
  cacheWritePerMillion: null,
  reasoningPerMillion: null,
}
const CONFIG = {
  model: 'gpt-4o',
  match: 'prefix' as const,
  provider: 'openai',
  currency: 'USD',
  validFrom: Date.UTC(2026, 10, 24),
  notes: '合同价',
  ...RATES,
  tiers: [{ aboveInputTokens: 200_000, ...RATES }],
}

describe('a price in the dialog', () => {
  test('is, unchanged, the price that it was', () => {
    for (const validFrom of [0, CONFIG.validFrom, CONFIG.validFrom + 5_400_001]) {
      const config = { ...CONFIG, validFrom }
      const input = inputOf(formOf(config))
      expect(newCostConfigSchema.parse(input)).toEqual({ ...config, isEnabled: true })
    }
  })

  test('is read as people write numbers; what is left out is as other tokens', () => {
    const form = formOf({ ...CONFIG, match: 'pattern' })
    form.rates.inputPerMillion = ' 1,234.5 '
    form.rates.outputPerMillion = '0,5'
    form.rates.cachedInputPerMillion = ''
    form.currency = 'cny '
    expect(inputOf(form)).toMatchObject({
      match: 'exact',
      inputPerMillion: 1_234.5,
      outputPerMillion: 0.5,
      cachedInputPerMillion: null,
      currency: 'CNY',
    })
  })

  test('that is empty is refused for what it lacks', () => {
    const form = formOf({})
    form.tiers = [newTier([])]
    const { error } = newCostConfigSchema.safeParse(inputOf(form))
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([
      'model',
      'inputPerMillion',
      'outputPerMillion',
      'tiers.0.aboveInputTokens',
      'tiers.0.inputPerMillion',
      'tiers.0.outputPerMillion',
    ])
  })

  test('gives every new length a key of its own', () => {
    const { tiers } = formOf({ ...CONFIG, tiers: [...CONFIG.tiers, ...CONFIG.tiers] })
    const [, second] = tiers
    expect(newTier(second ? [second] : []).key).toBe(2)
  })
})

test.each([
  [0, null, 'current'],
  [50, null, 'current'],
  [101, null, 'upcoming'],
  [0, 101, 'current'],
  [0, 100, 'past'],
  [101, 200, 'upcoming'],
] as const)('at 100, a price from %i until %s is %s', (validFrom, validUntil, expected) => {
  expect(validityOf({ validFrom, validUntil }, 100)).toBe(expected)
})

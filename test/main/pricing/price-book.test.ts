import { beforeAll, describe, expect, test } from 'vitest'
import type { Catalogue } from '../../../src/main/pricing/catalogue.ts'
import { PriceBook, priceCall } from '../../../src/main/pricing/price-book.ts'
import type { StoredCostConfig } from '../../../src/main/store/cost-config.ts'
import { makeCall } from '../store/make-call.ts'
import { openCatalogue } from './open-catalogue.ts'

const NOW = Date.UTC(2026, 10, 24)
const DAY = 24 * 3_600_000

let catalogue: Catalogue
beforeAll(async () => {
  catalogue = await openCatalogue()
})

const config = (overrides: Partial<StoredCostConfig>): StoredCostConfig => ({
  id: 'own',
  provider: '',
  model: 'gpt-4o',
  match: 'exact',
  inputPerMillion: 1,
  outputPerMillion: 2,
  cachedInputPerMillion: null,
  cacheWritePerMillion: null,
  reasoningPerMillion: null,
  tiers: [],
  currency: 'USD',
  validFrom: 0,
  isEnabled: true,
  notes: '',
  ...overrides,
})
/** The second is a slip of the finger. */
const RATES: Record<string, number> = { CNY: 0.14, VND: 1e9 }
const bookOf = (...configs: StoredCostConfig[]) =>
  new PriceBook({
    configs: () => configs,
    catalogue,
    isOff: (id) => id === 'catalogue:openai:gpt-4',
    exchangeRate: (currency) => RATES[currency],
  })
const call = (overrides: Parameters<typeof makeCall>[0] = {}) =>
  makeCall({
    provider: 'openai',
    model: 'gpt-4o-2024-08-06',
    requestModel: 'gpt-4o',
    startedAt: NOW,
    inputTokens: 1_000_000,
    outputTokens: 0,
    ...overrides,
  })
const priced = (book: PriceBook, overrides: Parameters<typeof makeCall>[0] = {}) => {
  const result = book.price(call(overrides))
  return result && [result.costConfigId, result.costNanos / 1e9]
}

describe('the catalogue', () => {
  test('prices calls on the first day, without typing', () => {
    expect(priced(bookOf())).toEqual(['catalogue:openai:gpt-4o', 2.5])
  })

  test('prices a long context as a whole', () => {
    const gemini = { provider: 'google', model: 'gemini-2.5-pro' }
    expect(priced(bookOf(), { ...gemini, inputTokens: 200_000 })).toEqual([
      'catalogue:google:gemini-2.5-pro',
      0.25,
    ])
    expect(priced(bookOf(), { ...gemini, inputTokens: 200_001 })?.[1]).toBeCloseTo(0.5000025, 9)
  })

  test('does not price what is switched off, nor what it does not know, nor calls without tokens', () => {
    expect(priced(bookOf(), { model: 'gpt-4', requestModel: null })).toBeNull()
    expect(priced(bookOf(), { model: 'house-model', requestModel: null })).toBeNull()
    expect(priced(bookOf(), { model: null, requestModel: null })).toBeNull()
    expect(priced(bookOf(), { inputTokens: null, outputTokens: null })).toBeNull()
  })

  test('prices the requested model where the responding one is unknown to it', () => {
    expect(priced(bookOf(), { model: 'deployment-7' })).toEqual(['catalogue:openai:gpt-4o', 2.5])
  })
})

describe('prices of the user’s own', () => {
  test('win over the catalogue', () => {
    expect(priced(bookOf(config({})))).toEqual(['own', 1])
  })

  test('are chosen exact before prefix, longer before shorter, of a provider before of any', () => {
    const any = config({ id: 'any', match: 'prefix', model: 'gpt' })
    const longer = config({ id: 'longer', match: 'prefix', model: 'gpt-4o' })
    const exact = config({ id: 'exact', model: 'gpt-4o-2024-08-06' })
    const provider = config({ id: 'provider', model: 'gpt-4o-2024-08-06', provider: 'OpenAI' })
    const other = config({ id: 'other', model: 'gpt-4o-2024-08-06', provider: 'azure' })
    expect(priced(bookOf(any))?.[0]).toBe('any')
    expect(priced(bookOf(any, longer))?.[0]).toBe('longer')
    expect(priced(bookOf(any, exact, longer))?.[0]).toBe('exact')
    expect(priced(bookOf(other, exact, provider))?.[0]).toBe('provider')
    expect(priced(bookOf(other))?.[0]).toBe('catalogue:openai:gpt-4o')
  })

  test('hold from their day on, and those before them until then', () => {
    const book = bookOf(
      config({ id: 'first', validFrom: NOW - 10 * DAY }),
      config({ id: 'second', validFrom: NOW - DAY }),
      config({ id: 'off', validFrom: NOW, isEnabled: false }),
    )
    expect(priced(book, { startedAt: NOW })?.[0]).toBe('second')
    expect(priced(book, { startedAt: NOW - DAY - 1 })?.[0]).toBe('first')
    expect(priced(book, { startedAt: NOW - 11 * DAY })?.[0]).toBe('catalogue:openai:gpt-4o')
  })

  test('have tiers by the length of the input', () => {
    const tier = { ...config({}), aboveInputTokens: 200_000, inputPerMillion: 4 }
    const book = bookOf(config({ tiers: [tier] }))
    expect(priced(book, { inputTokens: 200_000 })?.[1]).toBe(0.2)
    expect(priced(book, { inputTokens: 250_000 })?.[1]).toBe(1)
  })

  test('in another currency need its exchange rate', () => {
    expect(priced(bookOf(config({ currency: 'CNY', inputPerMillion: 10 })))).toEqual(['own', 1.4])
    expect(priced(bookOf(config({ currency: 'EUR' })))).toBeNull()
  })

  test('are looked up anew once they have changed', () => {
    const configs: StoredCostConfig[] = []
    const book = new PriceBook({
      configs: () => configs,
      catalogue,
      isOff: () => false,
      exchangeRate: () => 1,
    })
    expect(priced(book)?.[0]).toBe('catalogue:openai:gpt-4o')
    configs.push(config({}))
    book.clear()
    expect(priced(book)?.[0]).toBe('own')
  })
})

describe('a cost that cannot be', () => {
  test('is none: what a wrong price or rate makes of a call must not stand in the way of the others', () => {
    const wrong = config({ inputPerMillion: 1_000_000 })
    expect(priced(bookOf(wrong), { inputTokens: 1_000_000_000 })).toBeNull()
    expect(priced(bookOf(wrong), { inputTokens: 1_000_000 })).toEqual(['own', 1_000_000])
    const reported = call({ reportedCost: { amount: 1_000_000, currency: 'VND' } })
    expect(priceCall(reported, bookOf())).toMatchObject({
      costNanos: 2_500_000_000,
      costSource: 'computed',
    })
  })
})

describe('explain', () => {
  const used = { inputTokens: 1_000, cachedInputTokens: 400, outputTokens: 100, reasoningTokens: 60 }

  test('says tokens and price of every part that there is, and whose price it is', () => {
    expect(bookOf().explain(call(used), null)).toEqual({
      costConfigId: 'catalogue:openai:gpt-4o',
      source: 'catalogue',
      validFrom: null,
      currency: 'USD',
      exchangeRate: 1,
      parts: [
        { part: 'input', tokens: 600, perMillion: 2.5, costNanos: 1_500_000 },
        { part: 'cachedInput', tokens: 400, perMillion: 1.25, costNanos: 500_000 },
        { part: 'output', tokens: 40, perMillion: 10, costNanos: 400_000 },
        { part: 'reasoning', tokens: 60, perMillion: 10, costNanos: 600_000 },
      ],
      costNanos: 3_000_000,
    })
  })

  test('takes the price that the call was priced by, as long as it is there, and the tier of its length', () => {
    const tier = { ...config({}), aboveInputTokens: 500, inputPerMillion: 7 }
    const first = config({ id: 'first', inputPerMillion: 3, tiers: [tier], isEnabled: false })
    const book = bookOf(first, config({ id: 'second', currency: 'CNY' }))
    const byFirst = book.explain(call({ ...used, cachedInputTokens: 0 }), 'first')
    expect(byFirst).toMatchObject({ costConfigId: 'first', parts: [{ perMillion: 7 }, {}, {}] })
    // Its day is the beginning of time: that is none.
    expect(byFirst?.validFrom).toBeNull()
    const today = { costConfigId: 'second', currency: 'CNY', exchangeRate: 0.14 }
    expect(book.explain(call(used), 'removed')).toMatchObject(today)
    const { parts = [], costNanos = 0 } = book.explain(call(used), null) ?? {}
    const sum = parts.reduce((total, part) => total + part.costNanos, 0)
    expect(Math.abs(sum - costNanos)).toBeLessThanOrEqual(0.5)
  })

  test('has nothing to say where nothing is known', () => {
    expect(bookOf().explain(call({ model: 'house-model', requestModel: null }), null)).toBeNull()
    expect(bookOf().explain(call({ inputTokens: null, outputTokens: null }), 'own')).toBeNull()
  })
})

describe('what the caller reports', () => {
  const reported = (amount: number, currency: string) =>
    priceCall(call({ reportedCost: { amount, currency } }), bookOf())

  test('is kept as it is, turned into the base currency', () => {
    expect(reported(10, 'CNY')).toMatchObject({
      costNanos: 1_400_000_000,
      costSource: 'reported',
      costConfigId: null,
    })
    const inBase = call({ costNanos: 5, costSource: 'reported' })
    expect(priceCall(inBase, bookOf())).toBe(inBase)
  })

  test('in a currency without a rate is kept beside the computed cost', () => {
    expect(reported(10, 'EUR')).toMatchObject({
      costNanos: 2_500_000_000,
      costSource: 'computed',
      reportedCost: { amount: 10, currency: 'EUR' },
    })
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildCatalogue } from '../../../scripts/build-catalogue.ts'
import type { Catalogue } from '../../../src/main/pricing/catalogue.ts'
import { priceAt } from '../../../src/main/pricing/catalogue.ts'
import { openCatalogue } from './open-catalogue.ts'

let catalogue: Catalogue
beforeAll(async () => {
  catalogue = await openCatalogue()
})

test('the file is what its sources give', async () => {
  const file = join(import.meta.dirname, '..', '..', '..', 'resources', 'catalogue', 'prices.json')
  expect(readFileSync(file, 'utf8')).toBe(await buildCatalogue())
})

test('every entry has a date, a place where the price is published, and an id of its own', () => {
  expect(catalogue.entries.length).toBeGreaterThan(500)
  expect(catalogue.byId.size).toBe(catalogue.entries.length)
  for (const { provider } of catalogue.entries) {
    expect(provider.date).toMatch(/^\d{4}-\d{2}-\d{2}$/)
    expect(provider.source).toMatch(/^https:/)
  }
})

describe('find', () => {
  test.each([
    // As vendors answer, dated.
    ['openai', 'gpt-4o-mini-2024-07-18', 'openai', 'gpt-4o-mini'],
    ['openai', 'gpt-4o-2024-08-06', 'openai', 'gpt-4o'],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'anthropic', 'claude-sonnet-4-5'],
    ['google', 'gemini-2.5-pro', 'google', 'gemini-2.5-pro'],
    ['deepseek', 'deepseek-chat', 'deepseek', 'deepseek-chat'],
    // As SDKs and conventions name providers.
    ['openai.chat', 'gpt-4o', 'openai', 'gpt-4o'],
    ['gcp.gemini', 'gemini-2.5-pro', 'google', 'gemini-2.5-pro'],
    ['OpenAI', 'gpt-4o', 'openai', 'gpt-4o'],
    ['dashscope', 'qwen-max', 'alibaba', 'qwen-max'],
    ['dashscope', 'qwen-plus-2025-07-28', 'alibaba', 'qwen-plus'],
    ['dashscope', 'qwen3-max-latest', 'alibaba', 'qwen3-max'],
    // As Google's interfaces name models.
    ['gemini', 'models/gemini-2.5-flash', 'google', 'gemini-2.5-flash'],
    ['gcp.vertex_ai', 'publishers/google/models/gemini-2.5-pro', 'google', 'gemini-2.5-pro'],
    // Sold by others at the vendor's price, if they have none of their own.
    ['azure.ai.openai', 'gpt-4o', 'openai', 'gpt-4o'],
    ['azure', 'o3-mini', 'azure', 'o3-mini'],
    ['azure.ai.inference', 'deepseek-chat', 'deepseek', 'deepseek-chat'],
    ['gcp.vertex_ai', 'claude-2.1', 'anthropic', 'claude-2'],
    // By no provider, or by a gateway of one's own.
    [null, 'gpt-4o', 'openai', 'gpt-4o'],
    [null, 'qwen-turbo', 'alibaba', 'qwen-turbo'],
    [null, 'glm-4.6', 'zai', 'glm-4.6'],
    [null, 'kimi-k2', 'moonshotai', 'kimi-k2'],
    [null, 'text-embedding-3-small', 'openai', 'text-embedding-3-small'],
    ['house-gateway', 'claude-sonnet-4-5', 'anthropic', 'claude-sonnet-4-5'],
    ['house-gateway', 'openai/gpt-4o', 'openai', 'gpt-4o'],
  ])('%s %s is %s %s', (provider, model, providerId, modelId) => {
    const entry = catalogue.find(provider, model)
    expect([entry?.provider.id, entry?.model.id]).toEqual([providerId, modelId])
  })

  test.each([
    ['openai', 'house-model'],
    ['azure', 'house-model'],
    // Others have prices of their own.
    ['groq', 'gpt-4o'],
    [null, 'house-model'],
    [null, ''],
    [null, '/'],
    // A local model of that name costs nothing.
    ['ollama', 'llama3.2'],
  ])('%s %s is in no price list', (provider, model) => {
    expect(catalogue.find(provider, model)).toBeUndefined()
  })
})

test('a price of weekdays holds from Monday to Friday', () => {
  const prices = [{ input: 1 }, { input: 2, weekdaysOnly: true as const }]
  const at = (day: string) => priceAt(prices, Date.parse(`${day}T02:00:00Z`))?.input
  // Thursday to Monday.
  expect(['2026-11-26', '2026-11-27', '2026-11-28', '2026-11-29', '2026-11-30'].map(at)).toEqual([
    2, 2, 1, 1, 2,
  ])
})

test('of several prices the last that holds is the one, by day and by time of day', () => {
  const prices = [
    { input: 1 },
    { input: 2, validFrom: '2026-03-01' },
    { input: 3, dailyFrom: '16:30:00Z', dailyTo: '00:30:00Z' },
  ]
  const at = (time: string) => priceAt(prices, Date.parse(time))?.input
  expect([
    at('2026-02-28T12:00:00Z'),
    at('2026-03-01T00:30:00Z'),
    at('2026-02-28T16:29:59Z'),
    at('2026-02-28T16:30:00Z'),
    at('2026-03-01T00:29:59Z'),
  ]).toEqual([1, 2, 1, 3, 3])
})

/**
 * What calls cost by the vendors' published prices, worked out by hand: a token at one dollar a million is 1,000 nanos.
 *
 * The price pages themselves could not be opened where this was written. `from` says what stood in for each: stored copies
 * of them, lists that people keep by hand from them, such as https://github.com/simonw/llm-prices, and for the rest the
 * memory of whoever wrote this. The package that our catalogue is built from was no source. Where the copies and lists
 * contradicted it, `more-prices.json` has what they say. Counts marked as an example of the vendor's are those of its
 * documentation, as remembered.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { PriceBook } from '../../../src/main/pricing/price-book.ts'
import { makeCall } from '../store/make-call.ts'
import { openCatalogue } from './open-catalogue.ts'

/** Tokens as a call has them: input includes what was read from and written to the cache, output includes reasoning. */
interface Example {
  what: string
  model: string
  in: number
  out: number
  cached?: number
  written?: number
  reasoning?: number
  /** When the call started, where that matters. */
  at?: string
  nanos: number
}

interface Vendor {
  provider: string
  page: string
  from: string
  examples: Example[]
}

const NOW = '2026-11-26T12:00:00Z'

const VENDORS: Vendor[] = [
  {
    provider: 'openai',
    page: 'https://developers.openai.com/api/docs/pricing',
    from: 'llm-prices, data/openai.json; GPT-4, GPT-3.5 and embeddings from memory',
    examples: [
      { what: 'plain, $2.50 and $10', model: 'gpt-4o', in: 12_345, out: 678, nanos: 37_642_500 },
      {
        what: 'cached input at $1.25; the example of the guide to prompt caching',
        model: 'gpt-4o-2024-08-06',
        in: 2_006,
        cached: 1_920,
        out: 300,
        // 86 × 2,500 + 1,920 × 1,250 + 300 × 10,000
        nanos: 5_615_000,
      },
      { what: 'to the nano', model: 'gpt-4o-mini-2024-07-18', in: 1_001, cached: 1, out: 1, nanos: 150_675 },
      { what: 'mostly cached', model: 'gpt-4.1', in: 50_000, cached: 48_000, out: 1_200, nanos: 37_600_000 },
      { what: 'plain, $0.40 and $1.60', model: 'gpt-4.1-mini', in: 7_777, out: 333, nanos: 3_643_600 },
      { what: 'all of it cached', model: 'gpt-4.1-nano', in: 4_096, cached: 4_096, out: 64, nanos: 128_000 },
      {
        what: 'reasoning is output; the example of the guide to reasoning',
        model: 'gpt-5',
        in: 75,
        out: 1_186,
        reasoning: 1_024,
        // 75 × 1,250 + 1,186 × 10,000
        nanos: 11_953_750,
      },
      {
        what: 'cached at a tenth',
        model: 'gpt-5-mini',
        in: 128_000,
        cached: 100_000,
        out: 4_000,
        nanos: 17_500_000,
      },
      { what: 'one token each', model: 'gpt-5-nano', in: 1, out: 1, nanos: 450 },
      {
        what: 'before its price fell on 2025-06-10',
        model: 'o3',
        in: 10_000,
        out: 5_000,
        reasoning: 4_000,
        at: '2025-06-09T23:59:59Z',
        nanos: 300_000_000,
      },
      { what: 'after it', model: 'o3', in: 10_000, out: 5_000, reasoning: 4_000, nanos: 60_000_000 },
      {
        what: 'a quarter for cached',
        model: 'o4-mini',
        in: 2_000,
        cached: 1_024,
        out: 512,
        nanos: 3_608_000,
      },
      { what: 'long, and not yet too long', model: 'gpt-5.4', in: 271_999, out: 1_000, nanos: 694_997_500 },
      {
        what: 'over 272K: twice and one and a half',
        model: 'gpt-5.4',
        in: 272_001,
        out: 1_000,
        nanos: 1_382_505_000,
      },
      {
        what: 'over 272K, cached',
        model: 'gpt-5.4',
        in: 300_000,
        cached: 200_000,
        out: 10_000,
        nanos: 825_000_000,
      },
      {
        what: 'an embedding has no output',
        model: 'text-embedding-3-small',
        in: 8_191,
        out: 0,
        nanos: 163_820,
      },
      { what: 'an older one', model: 'gpt-3.5-turbo', in: 1_500, out: 500, nanos: 1_500_000 },
      { what: 'an old one', model: 'gpt-4-0613', in: 8_000, out: 192, nanos: 251_520_000 },
    ],
  },
  {
    provider: 'anthropic',
    page: 'https://platform.claude.com/docs/en/about-claude/pricing',
    from: 'copies of the page of February and October 2026; over 200K: llm-prices, data/anthropic.json',
    examples: [
      {
        what: 'plain, $3 and $15',
        model: 'claude-sonnet-4-5-20250929',
        in: 2_095,
        out: 503,
        nanos: 13_830_000,
      },
      {
        what: 'writes a book to the cache at $3.75; the example of the guide to prompt caching',
        model: 'claude-sonnet-4-5',
        in: 21 + 188_086,
        written: 188_086,
        out: 393,
        // 21 × 3,000 + 188,086 × 3,750 + 393 × 15,000
        nanos: 711_280_500,
      },
      {
        what: 'reads it from the cache at $0.30; the same example',
        model: 'claude-sonnet-4-5',
        in: 21 + 188_086,
        cached: 188_086,
        out: 393,
        // 21 × 3,000 + 188,086 × 300 + 393 × 15,000
        nanos: 62_383_800,
      },
      { what: 'exactly 200K', model: 'claude-sonnet-4-5', in: 200_000, out: 1_000, nanos: 615_000_000 },
      {
        what: 'one more: $6 and $22.50',
        model: 'claude-sonnet-4-5',
        in: 200_001,
        out: 1_000,
        nanos: 1_222_506_000,
      },
      {
        what: 'what is cached counts for the length, and costs twice, too',
        model: 'claude-sonnet-4-20250514',
        in: 200_001,
        cached: 150_000,
        written: 50_000,
        out: 2,
        // 1 × 6,000 + 150,000 × 600 + 50,000 × 7,500 + 2 × 22,500
        nanos: 465_051_000,
      },
      {
        what: 'plain, $15 and $75',
        model: 'claude-opus-4-1-20250805',
        in: 1_000,
        out: 1_000,
        nanos: 90_000_000,
      },
      {
        what: 'a tenth for reads',
        model: 'claude-opus-4-5',
        in: 100_000,
        cached: 90_000,
        out: 2_000,
        nanos: 145_000_000,
      },
      {
        what: 'an hour of coding, $0.625 of tokens; the example of the page',
        model: 'claude-opus-4-6',
        in: 50_000,
        out: 15_000,
        nanos: 625_000_000,
      },
      {
        what: 'the same with 40,000 tokens from the cache, $0.445',
        model: 'claude-opus-4-6',
        in: 50_000,
        cached: 40_000,
        out: 15_000,
        nanos: 445_000_000,
      },
      {
        what: 'read, written and neither',
        model: 'claude-haiku-4-5',
        in: 5_000,
        cached: 2_000,
        written: 2_000,
        out: 700,
        nanos: 7_200_000,
      },
      {
        what: 'plain, $0.80 and $4',
        model: 'claude-3-5-haiku-20241022',
        in: 3_000,
        out: 100,
        nanos: 2_800_000,
      },
      {
        what: 'small prices',
        model: 'claude-3-haiku-20240307',
        in: 10_000,
        cached: 5_000,
        written: 4_000,
        out: 10,
        nanos: 1_612_500,
      },
      {
        what: 'length costs nothing extra',
        model: 'claude-sonnet-5',
        in: 900_000,
        out: 10_000,
        nanos: 1_900_000_000,
      },
      {
        what: 'read, written and neither',
        model: 'claude-opus-5',
        in: 30_000,
        cached: 12_000,
        written: 8_000,
        out: 2_500,
        nanos: 168_500_000,
      },
    ],
  },
  {
    provider: 'google',
    page: 'https://ai.google.dev/gemini-api/docs/pricing',
    from: 'llm-prices, data/google.json; 3.8 Flash: api-evangelist/deepmind, a transcription of 2026-10-07',
    examples: [
      { what: 'exactly 200K', model: 'gemini-2.5-pro', in: 200_000, out: 1_000, nanos: 260_000_000 },
      {
        what: 'one more: $2.50 and $15',
        model: 'gemini-2.5-pro',
        in: 200_001,
        out: 1_000,
        nanos: 515_002_500,
      },
      {
        what: 'long, cached and thought over',
        model: 'gemini-2.5-pro',
        in: 400_000,
        cached: 300_000,
        out: 8_000,
        reasoning: 6_000,
        nanos: 445_000_000,
      },
      {
        what: 'thinking is output',
        model: 'gemini-2.5-flash',
        in: 1_500,
        out: 900,
        reasoning: 700,
        nanos: 2_700_000,
      },
      {
        what: 'cached at $0.03',
        model: 'gemini-2.5-flash',
        in: 100_000,
        cached: 80_000,
        out: 100,
        nanos: 8_650_000,
      },
      {
        what: 'plain, $0.10 and $0.40',
        model: 'gemini-2.5-flash-lite',
        in: 10_000,
        out: 2_000,
        nanos: 1_800_000,
      },
      { what: 'exactly 128K', model: 'gemini-1.5-flash', in: 128_000, out: 1_000, nanos: 9_900_000 },
      { what: 'one more: twice', model: 'gemini-1.5-flash', in: 128_001, out: 1_000, nanos: 19_800_150 },
      { what: 'exactly 200K', model: 'gemini-3-pro-preview', in: 200_000, out: 2_000, nanos: 424_000_000 },
      {
        what: 'longer: $4 and $18',
        model: 'gemini-3-pro-preview',
        in: 250_000,
        out: 2_000,
        nanos: 1_036_000_000,
      },
      { what: 'half until the end of 2026', model: 'gemini-3.8-flash', in: 4_000, out: 0, nanos: 3_000_000 },
      {
        what: 'and then no more',
        model: 'gemini-3.8-flash',
        in: 4_000,
        out: 0,
        at: '2027-01-01T00:00:00Z',
        nanos: 6_000_000,
      },
    ],
  },
  {
    provider: 'deepseek',
    page: 'https://api-docs.deepseek.com/quick_start/pricing',
    from: 'copies of the page of 2025, August and October 2026; V3.2: Roo Code, deepseek.ts of 2025-12-09; nights from memory',
    examples: [
      {
        what: 'V3 by day: $0.07 hit, $0.27 miss, $1.10',
        model: 'deepseek-chat',
        in: 10_000,
        cached: 4_000,
        out: 1_000,
        at: '2025-03-10T12:00:00Z',
        nanos: 3_000_000,
      },
      {
        what: 'half by night',
        model: 'deepseek-chat',
        in: 10_000,
        cached: 4_000,
        out: 1_000,
        at: '2025-03-10T20:00:00Z',
        nanos: 1_500_000,
      },
      {
        what: 'V3.2: $0.028 hit, $0.28 miss, $0.42',
        model: 'deepseek-chat',
        in: 10_000,
        cached: 4_000,
        out: 1_000,
        at: '2026-01-15T20:00:00Z',
        nanos: 2_212_000,
      },
      {
        what: 'R1: the chain of thought is output',
        model: 'deepseek-reasoner',
        in: 1_000,
        out: 2_000,
        reasoning: 1_500,
        at: '2025-03-10T12:00:00Z',
        nanos: 4_930_000,
      },
      {
        what: 'before there were peak hours',
        model: 'deepseek-v4-flash',
        in: 100_000,
        cached: 90_000,
        out: 5_000,
        at: '2026-06-01T02:00:00Z',
        nanos: 3_052_000,
      },
      {
        what: 'off-peak',
        model: 'deepseek-v4-pro',
        in: 1_000,
        cached: 500,
        out: 100,
        at: '2026-09-01T05:00:00Z',
        nanos: 539_000,
      },
      {
        what: 'at peak, twice',
        model: 'deepseek-v4-pro',
        in: 1_000,
        cached: 500,
        out: 100,
        at: '2026-09-01T01:00:00Z',
        nanos: 1_078_000,
      },
      {
        what: 'at peak on a Wednesday',
        model: 'deepseek-flash',
        in: 10_000,
        cached: 9_000,
        out: 1_000,
        at: '2026-10-28T09:59:59Z',
        nanos: 1_554_000,
      },
      {
        what: 'no peak on a Saturday, and the old name costs the same',
        model: 'deepseek-v4-flash',
        in: 10_000,
        cached: 9_000,
        out: 1_000,
        at: '2026-10-31T09:59:59Z',
        nanos: 777_000,
      },
    ],
  },
  {
    provider: 'moonshotai',
    page: 'https://platform.kimi.ai/docs/pricing/chat',
    from: 'llm-prices, data/moonshot-ai.json; K3: codeburn, pull request 709; moonshot-v1 from memory',
    examples: [
      {
        what: '$0.15 hit, $0.60 miss, $2.50',
        model: 'kimi-k2-0905-preview',
        in: 20_000,
        cached: 12_000,
        out: 1_500,
        nanos: 10_350_000,
      },
      { what: 'the faster one', model: 'kimi-k2-turbo-preview', in: 1_000, out: 1_000, nanos: 9_150_000 },
      {
        what: '$0.30 hit, $3 miss, $15',
        model: 'kimi-k3',
        in: 2_000,
        cached: 1_000,
        out: 100,
        nanos: 4_800_000,
      },
      { what: 'plain, $0.20 and $2', model: 'moonshot-v1-8k', in: 7_000, out: 1_000, nanos: 3_400_000 },
    ],
  },
  {
    provider: 'dashscope',
    page: 'https://www.alibabacloud.com/help/en/model-studio/model-pricing',
    from: 'api-evangelist/qwen of 2026-05-08; 3.6 Plus: llm-prices, data/qwen.json; the others from memory',
    examples: [
      { what: 'exactly 32K', model: 'qwen3-max', in: 32_000, out: 1_000, nanos: 44_400_000 },
      { what: 'one more: $2.40 and $12', model: 'qwen3-max', in: 32_001, out: 1_000, nanos: 88_802_400 },
      { what: 'over 128K: $3 and $15', model: 'qwen3-max', in: 128_001, out: 1_000, nanos: 399_003_000 },
      { what: 'exactly 256K', model: 'qwen-plus', in: 256_000, out: 2_000, nanos: 104_800_000 },
      { what: 'one more: $1.20 and $3.60', model: 'qwen-plus', in: 256_001, out: 2_000, nanos: 314_401_200 },
      { what: 'plain, $0.05 and $0.40', model: 'qwen-flash', in: 10_000, out: 1_000, nanos: 900_000 },
      { what: 'over 256K: $2 and $6', model: 'qwen3.6-plus', in: 300_000, out: 1_000, nanos: 606_000_000 },
    ],
  },
  {
    provider: 'zai',
    page: 'https://docs.z.ai/guides/overview/pricing',
    from: 'llm-prices, data/z.ai.json',
    examples: [
      { what: 'cached at $0.11', model: 'glm-4.6', in: 8_000, cached: 6_000, out: 2_000, nanos: 6_260_000 },
      { what: 'plain, $0.20 and $1.10', model: 'glm-4.5-air', in: 5_000, out: 500, nanos: 1_550_000 },
      { what: 'cached at $0.20', model: 'glm-5', in: 1_000, cached: 500, out: 100, nanos: 920_000 },
      {
        what: 'free, which is not without a price',
        model: 'glm-4.7-flash',
        in: 1_000_000,
        out: 5_000,
        nanos: 0,
      },
    ],
  },
  {
    provider: 'mistral',
    page: 'https://mistral.ai/pricing/api',
    from: 'llm-prices, data/mistral.json',
    examples: [
      { what: 'plain, $2 and $6', model: 'mistral-large-2411', in: 10_000, out: 1_000, nanos: 26_000_000 },
      { what: 'plain, $0.40 and $2', model: 'mistral-medium-2505', in: 10_000, out: 1_000, nanos: 6_000_000 },
      {
        what: 'plain, $0.10 and $0.30',
        model: 'mistral-small-latest',
        in: 3_000,
        out: 1_000,
        nanos: 600_000,
      },
      { what: 'plain, $0.30 and $0.90', model: 'codestral-latest', in: 1_234, out: 567, nanos: 880_500 },
      {
        what: 'reasoning at $5',
        model: 'magistral-medium-latest',
        in: 500,
        out: 3_000,
        reasoning: 2_500,
        nanos: 16_000_000,
      },
    ],
  },
  {
    provider: 'xai',
    page: 'https://docs.x.ai/docs/models',
    from: 'llm-prices, data/xai.json',
    examples: [
      { what: 'exactly 128K', model: 'grok-4', in: 128_000, out: 1_000, nanos: 399_000_000 },
      { what: 'one more: $6 and $30', model: 'grok-4', in: 128_001, out: 1_000, nanos: 798_006_000 },
      {
        what: 'over 128K, cached at the same price',
        model: 'grok-4-fast-reasoning',
        in: 200_000,
        cached: 100_000,
        out: 1_000,
        nanos: 46_000_000,
      },
      {
        what: 'a quarter for cached',
        model: 'grok-3-mini',
        in: 1_000,
        cached: 500,
        out: 400,
        nanos: 387_500,
      },
      { what: 'over 200K: $4 and $12', model: 'grok-4.5', in: 250_000, out: 1_000, nanos: 1_012_000_000 },
      {
        what: 'cached at a tenth',
        model: 'grok-code-fast-1',
        in: 10_000,
        cached: 9_000,
        out: 100,
        nanos: 530_000,
      },
    ],
  },
  {
    provider: 'minimax',
    page: 'https://platform.minimax.io/docs/guides/pricing-paygo',
    from: 'llm-prices, data/minimax.json',
    examples: [
      { what: 'plain, $0.30 and $1.20', model: 'MiniMax-M2', in: 10_000, out: 1_000, nanos: 4_200_000 },
    ],
  },
  {
    provider: 'groq',
    page: 'https://groq.com/pricing',
    from: 'memory',
    examples: [
      {
        what: 'plain, $0.59 and $0.79',
        model: 'llama-3.3-70b-versatile',
        in: 1_000,
        out: 1_000,
        nanos: 1_380_000,
      },
    ],
  },
  {
    provider: 'cohere',
    page: 'https://cohere.com/pricing',
    from: 'memory',
    examples: [
      { what: 'plain, $2.50 and $10', model: 'command-a-03-2025', in: 4_000, out: 400, nanos: 14_000_000 },
    ],
  },
]

let book: PriceBook
beforeAll(async () => {
  const catalogue = await openCatalogue()
  book = new PriceBook({ configs: () => [], catalogue, isOff: () => false, exchangeRate: () => undefined })
})

describe.each(VENDORS)('$provider, by $page', ({ provider, examples }) => {
  test.each(examples)('$model: $what', (example) => {
    const call = makeCall({
      provider,
      model: example.model,
      startedAt: Date.parse(example.at ?? NOW),
      inputTokens: example.in,
      outputTokens: example.out,
      cachedInputTokens: example.cached ?? null,
      cacheWriteTokens: example.written ?? null,
      reasoningTokens: example.reasoning ?? null,
    })
    expect(book.price(call)?.costNanos).toBe(example.nanos)
  })
})

test('there are many', () => {
  expect(VENDORS.flatMap(({ examples }) => examples).length).toBeGreaterThanOrEqual(40)
})

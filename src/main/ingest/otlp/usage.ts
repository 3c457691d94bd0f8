import { LIMITS } from '#shared/limits.ts'
import type { AttributeReader } from './attributes.ts'
import { ATTRIBUTES } from './conventions.ts'

/** Tokens as a call has them: input includes cached and cache-write tokens, output includes reasoning. */
export interface Usage {
  inputTokens: number | null
  outputTokens: number | null
  totalTokens: number | null
  cachedInputTokens: number | null
  cacheWriteTokens: number | null
  reasoningTokens: number | null
}

const LANGFUSE_DETAILS = {
  inputTokens: ['input', 'input_tokens', 'prompt_tokens'],
  outputTokens: ['output', 'output_tokens', 'completion_tokens'],
  totalTokens: ['total', 'total_tokens'],
  cachedInputTokens: ['input_cache_read', 'cache_read_input_tokens', 'input_cached_tokens'],
  cacheWriteTokens: ['input_cache_creation', 'cache_creation_input_tokens', 'input_cache_write_tokens'],
  reasoningTokens: ['output_reasoning', 'output_reasoning_tokens', 'reasoning_tokens'],
} as const

/** Reads token counts from a span's attributes, or from Langfuse's JSON of them. */
export function readUsage(attributes: AttributeReader): Usage {
  const count = (names: readonly string[]) => attributes.count(names, LIMITS.tokens)
  const details = readJsonObject(attributes.first(ATTRIBUTES.usageDetails))
  const detail = (names: readonly string[]) => {
    const value = names.map((name) => details.get(name)).find((found) => typeof found === 'number')
    return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LIMITS.tokens
      ? value
      : null
  }
  const total = detail(LANGFUSE_DETAILS.totalTokens)
  const input = detail(LANGFUSE_DETAILS.inputTokens)
  const output = detail(LANGFUSE_DETAILS.outputTokens)
  const inputParts = sumOfParts(details, 'input_')
  const outputParts = sumOfParts(details, 'output_')
  // Langfuse's SDKs take the parts out of what they are parts of.
  const areBeside = (input ?? 0) + (output ?? 0) + inputParts + outputParts === total
  const usage = {
    inputTokens: count(ATTRIBUTES.inputTokens) ?? (areBeside && input !== null ? input + inputParts : input),
    outputTokens:
      count(ATTRIBUTES.outputTokens) ?? (areBeside && output !== null ? output + outputParts : output),
    totalTokens: count(ATTRIBUTES.totalTokens) ?? total,
    cachedInputTokens: count(ATTRIBUTES.cachedInputTokens) ?? detail(LANGFUSE_DETAILS.cachedInputTokens),
    cacheWriteTokens: count(ATTRIBUTES.cacheWriteTokens) ?? detail(LANGFUSE_DETAILS.cacheWriteTokens),
    reasoningTokens: count(ATTRIBUTES.reasoningTokens) ?? detail(LANGFUSE_DETAILS.reasoningTokens),
  }
  return withCachedInInput(usage)
}

/** Adds up the details that are parts of one count, such as `input_cached_tokens` of `input`. */
function sumOfParts(details: ReadonlyMap<string, unknown>, prefix: 'input_' | 'output_'): number {
  return [...details]
    .filter(([name]) => name.startsWith(prefix) && name !== `${prefix}tokens`)
    .reduce((sum, [, value]) => sum + (typeof value === 'number' ? value : 0), 0)
}

/** @returns the cost that the span itself names, in US dollars, or null. */
export function readReportedCost(attributes: AttributeReader): number | null {
  const direct = attributes.number(ATTRIBUTES.reportedCost)
  const total = readJsonObject(attributes.first(ATTRIBUTES.costDetails)).get('total')
  const cost = direct ?? (typeof total === 'number' && Number.isFinite(total) && total >= 0 ? total : null)
  return cost !== null && cost <= LIMITS.reportedCost ? cost : null
}

/** Whether a span carries usage of its own. */
export function hasUsage(usage: Usage): boolean {
  return usage.inputTokens !== null || usage.outputTokens !== null || usage.totalTokens !== null
}

/**
 * Some SDKs count cached tokens beside the input, as Anthropic's API does, others inside it. Where more was cached than
 * came in, or the parts only add up to the total that way, they were beside it.
 */
function withCachedInInput(usage: Usage): Usage {
  const { inputTokens, outputTokens, totalTokens } = usage
  const cached = (usage.cachedInputTokens ?? 0) + (usage.cacheWriteTokens ?? 0)
  const sum = inputTokens !== null && outputTokens !== null ? inputTokens + outputTokens : null
  const isBeside =
    inputTokens !== null &&
    cached > 0 &&
    (cached > inputTokens || (totalTokens !== null && sum !== null && sum + cached === totalTokens))
  const input = isBeside ? inputTokens + cached : inputTokens
  return {
    ...usage,
    inputTokens: input,
    totalTokens: totalTokens ?? (input !== null && outputTokens !== null ? input + outputTokens : null),
  }
}

function readJsonObject(text: unknown): Map<string, unknown> {
  if (typeof text !== 'string') return new Map()
  try {
    const value: unknown = JSON.parse(text)
    return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
  } catch {
    // Not JSON: the span has no details.
    return new Map()
  }
}

import type { NewCall } from './call.ts'
import type { SumsRow } from './schema.ts'

/** What is added up of calls, in the order of the columns. */
export const SUMS = [
  'requests',
  'errors',
  'unpriced_requests',
  'finished_requests',
  'duration_us',
  'ttft_requests',
  'ttft_us',
  'generation_us',
  'generated_tokens',
  'input_tokens',
  'output_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'total_tokens',
  'cost_nanos',
] as const satisfies readonly (keyof SumsRow)[]

export type Sums = Record<(typeof SUMS)[number], number>

export function emptySums(): Sums {
  return {
    requests: 0,
    errors: 0,
    unpriced_requests: 0,
    finished_requests: 0,
    duration_us: 0,
    ttft_requests: 0,
    ttft_us: 0,
    generation_us: 0,
    generated_tokens: 0,
    input_tokens: 0,
    output_tokens: 0,
    cached_input_tokens: 0,
    cache_write_tokens: 0,
    reasoning_tokens: 0,
    total_tokens: 0,
    cost_nanos: 0,
  }
}

/** Adds sums to sums. */
export function addSums(sums: Sums, more: Sums): void {
  for (const sum of SUMS) sums[sum] += more[sum]
}

/** What `addToSums` needs of a call, whether it is new or read back from its row. */
export type Summable = Pick<
  NewCall,
  | 'status'
  | 'durationUs'
  | 'ttftUs'
  | 'inputTokens'
  | 'outputTokens'
  | 'cachedInputTokens'
  | 'cacheWriteTokens'
  | 'reasoningTokens'
  | 'totalTokens'
  | 'costNanos'
>

/**
 * Adds one call to the sums that statistics are made of.
 *
 * @param count 1, or -1 to take a call back.
 */
export function addToSums(sums: Sums, call: Summable, count: 1 | -1 = 1): void {
  sums.requests += count
  if (call.status === 'error') sums.errors += count
  if (call.durationUs !== null) {
    sums.finished_requests += count
    sums.duration_us += count * call.durationUs
  }
  if (call.ttftUs !== null) {
    sums.ttft_requests += count
    sums.ttft_us += count * call.ttftUs
  }
  // Tokens per second = output tokens / (duration - time to first token), over the calls that tell all three.
  if (
    call.durationUs !== null &&
    call.ttftUs !== null &&
    call.outputTokens !== null &&
    call.durationUs > call.ttftUs
  ) {
    sums.generation_us += count * (call.durationUs - call.ttftUs)
    sums.generated_tokens += count * call.outputTokens
  }
  sums.input_tokens += count * (call.inputTokens ?? 0)
  sums.output_tokens += count * (call.outputTokens ?? 0)
  sums.cached_input_tokens += count * (call.cachedInputTokens ?? 0)
  sums.cache_write_tokens += count * (call.cacheWriteTokens ?? 0)
  sums.reasoning_tokens += count * (call.reasoningTokens ?? 0)
  sums.total_tokens += count * (call.totalTokens ?? 0)
  if (call.costNanos === null) sums.unpriced_requests += count
  else sums.cost_nanos += count * call.costNanos
}

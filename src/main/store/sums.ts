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
  // Spelled out: it is what ingest and statistics do most, and a loop over names takes five times as long.
  sums.requests += more.requests
  sums.errors += more.errors
  sums.unpriced_requests += more.unpriced_requests
  sums.finished_requests += more.finished_requests
  sums.duration_us += more.duration_us
  sums.ttft_requests += more.ttft_requests
  sums.ttft_us += more.ttft_us
  sums.generation_us += more.generation_us
  sums.generated_tokens += more.generated_tokens
  sums.input_tokens += more.input_tokens
  sums.output_tokens += more.output_tokens
  sums.cached_input_tokens += more.cached_input_tokens
  sums.cache_write_tokens += more.cache_write_tokens
  sums.reasoning_tokens += more.reasoning_tokens
  sums.total_tokens += more.total_tokens
  sums.cost_nanos += more.cost_nanos
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

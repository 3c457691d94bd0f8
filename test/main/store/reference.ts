import type { NewCall } from '../../../src/main/store/call.ts'
import type { Label } from '../../../src/main/store/label-sets.ts'
import { nearestRank } from './nearest-rank.ts'

/** The statistics by their definitions, over plain objects: slow, and plain to see. */
export function referenceOf(calls: readonly NewCall[]) {
  const present = (field: (call: NewCall) => number | null) =>
    calls.map(field).filter((value) => value !== null)
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const durations = present((call) => call.durationUs)
  const costs = present((call) => call.costNanos)
  const ttfts = present((call) => call.ttftUs)
  const generations = calls.flatMap(({ durationUs, ttftUs, outputTokens }) =>
    durationUs !== null && ttftUs !== null && outputTokens !== null && durationUs > ttftUs
      ? [{ us: durationUs - ttftUs, tokens: outputTokens }]
      : [],
  )
  return {
    sums: {
      requests: calls.length,
      errors: calls.filter((call) => call.status === 'error').length,
      unpriced_requests: calls.length - costs.length,
      finished_requests: durations.length,
      duration_us: sum(durations),
      ttft_requests: ttfts.length,
      ttft_us: sum(ttfts),
      generation_us: sum(generations.map(({ us }) => us)),
      generated_tokens: sum(generations.map(({ tokens }) => tokens)),
      input_tokens: sum(present((call) => call.inputTokens)),
      output_tokens: sum(present((call) => call.outputTokens)),
      cached_input_tokens: sum(present((call) => call.cachedInputTokens)),
      cache_write_tokens: sum(present((call) => call.cacheWriteTokens)),
      reasoning_tokens: sum(present((call) => call.reasoningTokens)),
      total_tokens: sum(present((call) => call.totalTokens)),
      cost_nanos: sum(costs),
    },
    p50Us: nearestRank(durations, 0.5),
    p95Us: nearestRank(durations, 0.95),
    p99Us: nearestRank(durations, 0.99),
  }
}

/** A call's value of a label, '' without one. */
export function labelOf(call: NewCall, label: Label | 'user'): string {
  switch (label) {
    case 'app':
      return call.app
    case 'app_type':
      return call.appType ?? ''
    case 'provider':
      return call.provider ?? ''
    case 'model':
      return call.model ?? call.requestModel ?? ''
    case 'environment':
      return call.environment ?? ''
    case 'error_type':
      return call.status === 'ok' ? '' : (call.errorType ?? '_OTHER')
    case 'user':
      return call.userId ?? ''
  }
}

import type { AppLog } from '#shared/contract/app-logs.ts'

/** Why a call has no cost, and whether a price would give it one. */
export function unpricedReason(
  call: Pick<AppLog, 'model' | 'requestModel' | 'inputTokens' | 'outputTokens' | 'computedCostNanos'>,
): 'no-tokens' | 'no-model' | 'priced-since' | 'no-price' {
  if (call.inputTokens === null && call.outputTokens === null) return 'no-tokens'
  if (call.model === null && call.requestModel === null) return 'no-model'
  return call.computedCostNanos === null ? 'no-price' : 'priced-since'
}

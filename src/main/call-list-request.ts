import type { CallQuery } from '#shared/contract/call-query.ts'
import type { CallListRequest } from './store/queries/list-calls.ts'

/** What a page or a script asks for, as the store has it: costs in whole 1e-9 of the base currency. */
export function toListRequest<Asked extends CallQuery & { limit: number }>({
  minCost,
  maxCost,
  usage,
  ...asked
}: Asked): CallListRequest {
  return { ...asked, minCostNanos: nanosOf(minCost), maxCostNanos: nanosOf(maxCost), usageSource: usage }
}

function nanosOf(cost: number | undefined): number | undefined {
  return cost === undefined ? undefined : Math.round(cost * 1e9)
}

import { expect, test } from 'vitest'
import { unpricedReason } from '../../../../src/renderer/pages/calls/detail/unpriced-reason.ts'

const call = { model: 'm', requestModel: null, inputTokens: 1, outputTokens: null, computedCostNanos: null }

test.each([
  ['no-price', {}],
  ['no-price', { model: null, requestModel: 'm' }],
  ['priced-since', { computedCostNanos: 0 }],
  ['no-model', { model: null }],
  ['no-tokens', { inputTokens: null }],
] as const)('a call has no cost: %s', (reason, changes) => {
  expect(unpricedReason({ ...call, ...changes })).toBe(reason)
})

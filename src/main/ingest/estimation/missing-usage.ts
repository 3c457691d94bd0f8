import type { Body, NewCall } from '../../store/call.ts'
import type { Encoding } from './encoding.ts'
import { encodingOf } from './encoding.ts'

/** Bodies whose tokens stand for counts that a call does not report. */
export interface CountableBodies {
  encoding: Encoding
  prompt: Body | null
  response: Body | null
}

/** Tokens of bodies; null where there is none. */
export interface CountedTokens {
  prompt: number | null
  response: number | null
}

/** Operations whose texts no model reads or writes, whatever model they name. */
const WITHOUT_TOKENS = new Set(['execute_tool', 'create_agent'])
/** It answers in numbers. */
const EMBEDDINGS = 'embeddings'

/**
 * What has to be counted to know a call's tokens.
 *
 * @returns null if they are known, or cannot be: a step, no model, no texts, or a failure before the model answered.
 */
export function countableBodies(call: NewCall): CountableBodies | null {
  const model = call.model ?? call.requestModel
  if (call.inputTokens !== null && call.outputTokens !== null) return null
  if (call.isStep || model === null || WITHOUT_TOKENS.has(call.operation ?? '')) return null
  if (call.status === 'error' && call.response === null) return null
  const prompt = call.inputTokens === null ? call.prompt : null
  const response = call.outputTokens === null && call.operation !== EMBEDDINGS ? call.response : null
  return prompt === null && response === null ? null : { encoding: encodingOf(model), prompt, response }
}

/** Gives a call the counts it lacks. What it reports stays, and its counts agree with each other. */
export function withCounts(call: NewCall, counted: CountedTokens): NewCall {
  const cached = (call.cachedInputTokens ?? 0) + (call.cacheWriteTokens ?? 0)
  const response = counted.response ?? (call.operation === EMBEDDINGS ? 0 : null)
  // A part is no more than the whole.
  const input = call.inputTokens ?? atLeast(cached, counted.prompt)
  const output = call.outputTokens ?? atLeast(call.reasoningTokens ?? 0, response)
  const { totalTokens: total } = call
  const usage =
    total === null
      ? { inputTokens: input, outputTokens: output, totalTokens: sumOf(input, output) }
      : { ...partsOf(total, call, input, output), totalTokens: total }
  return { ...call, ...usage, usageSource: 'estimated' }
}

function atLeast(least: number, count: number | null): number | null {
  return count === null ? null : Math.max(least, count)
}

function sumOf(input: number | null, output: number | null): number | null {
  return input === null || output === null ? null : input + output
}

/** Input and output that add up to a total that was reported: it is right, and they are less so. */
function partsOf(
  total: number,
  reported: Pick<NewCall, 'inputTokens' | 'outputTokens'>,
  input: number | null,
  output: number | null,
): { inputTokens: number; outputTokens: number } {
  const rest = (part: number) => Math.max(0, total - part)
  if (reported.inputTokens !== null)
    return { inputTokens: reported.inputTokens, outputTokens: rest(reported.inputTokens) }
  if (reported.outputTokens !== null)
    return { inputTokens: rest(reported.outputTokens), outputTokens: reported.outputTokens }
  if (input === null) return { inputTokens: rest(output ?? 0), outputTokens: Math.min(output ?? 0, total) }
  if (output === null) return { inputTokens: Math.min(input, total), outputTokens: rest(input) }
  const share = input + output === 0 ? 1 : input / (input + output)
  const inputTokens = Math.round(total * share)
  return { inputTokens, outputTokens: total - inputTokens }
}

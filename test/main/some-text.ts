import { expect } from 'vitest'

// Vitest types its matchers as `any`; as `unknown` they can stand in an expected value without one.

/** Stands for any text in an expected value. */
export const someText: unknown = expect.any(String)

export function textContaining(part: string): unknown {
  return expect.stringContaining(part)
}

export function textMatching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern)
}

import * as z from 'zod'

const TYPES = new Map([
  ['string', 'must be text'],
  ['number', 'must be a number'],
  ['int', 'must be a whole number'],
  ['boolean', 'must be true or false'],
  ['array', 'must be an array'],
  ['object', 'must be an object'],
  ['record', 'must be an object'],
])

/**
 * What the contract says of an input where a schema has no words of its own. Pages know reasons by these words. Words
 * that a schema has of its own for its type are taken for its limits, too, unless those have some.
 */
function reasonOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return TYPES.get(issue.expected)
  if (issue.code === 'invalid_key') return issue.issues[0]?.message
  if (issue.code === 'too_big') {
    if (issue.origin === 'string') return `must be at most ${issue.maximum} characters`
    if (issue.origin === 'array') return `must have at most ${issue.maximum} items`
    return `must be ${issue.inclusive === false ? '<' : '<='} ${issue.maximum}`
  }
  if (issue.code === 'too_small') {
    if (issue.origin === 'string' || issue.origin === 'array')
      return issue.minimum === 1 ? 'must not be empty' : undefined
    return `must be ${issue.inclusive === false ? '>' : '>='} ${issue.minimum}`
  }
  return undefined
}

z.config({ customError: reasonOf })

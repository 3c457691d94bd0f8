import { ORPCError } from '@orpc/client'

/** What is wrong with a field, as the key of a message and what that names: a limit, or a part of what was written. */
export interface InputProblem {
  key: string
  limit?: number
  name?: string
}

/** The contract's reasons, whose words are for programs. */
const REASONS = new Map([
  ['must be 1 to 63 lower-case letters, digits and hyphens', 'invalid.upstreamName'],
  ['must start with http:// or https:// and a host', 'invalid.scheme'],
  ['must be a URL in printable ASCII', 'invalid.ascii'],
  ['must have no query and no fragment', 'invalid.query'],
  ['must not hold credentials', 'invalid.credentials'],
  ['must be a URL', 'invalid.url'],
  ['must be a number', 'invalid.number'],
  ['must be >= 0', 'invalid.negative'],
  ['must not be empty', 'invalid.empty'],
  ['must be a currency code such as USD or CNY', 'invalid.currency'],
  ['must be ISO 8601 or epoch ms', 'invalid.day'],
  ['must be > 0', 'invalid.positive'],
  ['must ascend by aboveInputTokens', 'invalid.tiersAscend'],
  ['must be a whole number', 'invalid.whole'],
  ['must hold at least one address', 'invalid.oneAddress'],
  ['must be a header name', 'invalid.header'],
  ['must not name a header twice', 'invalid.header'],
  ['must hold printable ASCII only', 'invalid.header'],
  ['must be an address such as Ops <ops@example.com>', 'invalid.mailAddress'],
  ['must be JSON once its fields are filled in', 'invalid.json'],
  ['must name a budget', 'invalid.budget'],
  ['must be later than startsAt', 'invalid.later'],
  ['must not be longer than callsDays', 'retention.invalid.order'],
  ['must not be longer than rollupsDays', 'retention.invalid.order'],
  ['must be an absolute path', 'retention.invalid.folder'],
  ['must not be named twice', 'retention.invalid.twice'],
  ['must be an origin such as https://app.example.com:8443', 'invalid.origin'],
])
const REASONS_THAT_NAME = [
  { pattern: /^must be at most (?<limit>\d+) characters$/, key: 'invalid.tooLong' },
  { pattern: /^must be at most (?<limit>\d+) origins$/, key: 'invalid.tooManyOrigins' },
  { pattern: /^must (?:be|have) at most (?<limit>\d+)(?: tiers| items)?$/, key: 'invalid.tooMany' },
  { pattern: /^must be <= (?<limit>\d+)$/, key: 'invalid.tooLarge' },
  { pattern: /^must be >= (?<limit>\d+)$/, key: 'invalid.tooSmall' },
  { pattern: /^must not set (?<name>.+)$/, key: 'invalid.headerTaken' },
  { pattern: /^must not name the unknown field \{(?<name>.+)\}$/, key: 'invalid.unknownField' },
]

/** @param reason in the words of the contract. */
function problemOf(reason: string): InputProblem {
  const key = REASONS.get(reason)
  if (key !== undefined) return { key }
  for (const { pattern, key } of REASONS_THAT_NAME) {
    const { limit, name } = pattern.exec(reason)?.groups ?? {}
    if (limit !== undefined) return { key, limit: Number(limit) }
    if (name !== undefined) return { key, name }
  }
  return { key: 'invalid.other' }
}

/**
 * Reads from a failed call what was wrong with its input.
 *
 * @returns a problem for each field that has one, by its name and, if it is within another, by its path, such as
 *   `scope.app`; none if the input was not what failed.
 */
export function problemsOf(error: unknown): Map<string, InputProblem> {
  const problems = new Map<string, InputProblem>()
  if (!(error instanceof ORPCError) || error.code !== 'BAD_REQUEST') return problems
  const data: unknown = error.data
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues))
    return problems
  for (const issue of data.issues as { path?: PropertyKey[]; message?: string }[]) {
    const [field = '', ...within] = (issue.path ?? []).map(String)
    for (const name of new Set([field, [field, ...within].join('.')])) {
      if (!problems.has(name)) problems.set(name, problemOf(issue.message ?? ''))
    }
  }
  return problems
}

/**
 * Why a record of a file cannot be imported, as the report says it, which scripts read too; and the message that says the
 * same on screen. What stands in groups are names of fields, limits and values that may be chosen.
 */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^is not valid JSON$/, 'notJson'],
  [
    /^is (?:not a call|of no kind that can be imported|not a row of the table|not an OTLP request)$/,
    'noCall',
  ],
  [/^is longer than (?<limit>\d+ MiB)$/, 'tooLong'],
  [/^must not be nested deeper than (?<limit>\d+)$/, 'tooDeep'],
  [/^must not hold an object of more than (?<limit>\d+) keys$/, 'tooManyKeys'],
  [/^holds metrics, which are not kept$/, 'metrics'],
  [/^has feedback that is none$/, 'badFeedback'],
  [/^has no id$/, 'noId'],
  [/^has too long an id$/, 'longId'],
  [/^has no time of start$/, 'noStart'],
  [/^(?<field>[\w.]+) must not be empty$/, 'empty'],
  [/^(?<field>[\w.]+) must be text$/, 'text'],
  [/^(?<field>[\w.]+) must be an integer >= 0$/, 'integer'],
  [/^(?<field>[\w.]+) must be a number >= 0$/, 'number'],
  [/^(?<field>[\w.]+) must be at most (?<limit>\d+) characters$/, 'long'],
  [/^(?<field>[\w.]+) must be at most (?<limit>\d+(?: ms)?)$/, 'large'],
  [/^(?<field>[\w.]+) must have at most (?<limit>\d+) (?:items|keys)$/, 'many'],
  [/^(?<field>[\w.]+) must be ISO 8601 or epoch ms$/, 'time'],
  [/^(?<field>[\w.]+) must be (?<first>"[\w-]+") or (?<second>"[\w-]+")$/, 'choice'],
  [/^(?<field>[\w.]+) must be /, 'kind'],
]

export interface ImportReason {
  key: string
  named: Record<string, string>
}

/** @returns the message of a reason and what is put into it; undefined: there is none but the reason itself. */
export function importReason(reason: string): ImportReason | undefined {
  for (const [pattern, name] of REASONS) {
    const match = pattern.exec(reason)
    if (match) return { key: `callImport.reasons.${name}`, named: { ...match.groups } }
  }
  return undefined
}

import type { ExpressionBuilder } from 'kysely'
import type { Schema } from '../schema.ts'

/** What is searched for, as it stands in texts, and in those that are JSON. */
export interface Needles {
  text: string
  /** null: the same. */
  json: string | null
}

export function needlesOf(q: string): Needles {
  // As texts are when they are stored.
  const text = q.toWellFormed()
  const json = JSON.stringify(text).slice(1, -1)
  return { text, json: json === text ? null : json }
}

const TEXTS = ['app_log_body.prompt', 'app_log_body.response', 'app_log_body.error_message'] as const
const FORMATTED = [
  ['app_log_body.prompt', 'app_log_body.prompt_format'],
  ['app_log_body.response', 'app_log_body.response_format'],
] as const

/** Whether a body has it in any of its texts, to the letter. */
export function textMatches(eb: ExpressionBuilder<Schema, 'app_log_body'>, { text, json }: Needles) {
  // Unlike LIKE, instr has no wildcards and does not end at a NUL.
  const found = (column: (typeof TEXTS)[number], needle: string) =>
    eb(eb.fn<number>('instr', [column, eb.val(needle)]), '>', 0)
  const plain = TEXTS.map((column) => found(column, text))
  if (json === null) return eb.or(plain)
  const escaped = FORMATTED.map(([column, format]) => eb.and([eb(format, '=', 'json'), found(column, json)]))
  return eb.or([...plain, ...escaped])
}

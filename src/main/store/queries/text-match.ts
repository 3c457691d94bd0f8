import type { ExpressionBuilder } from 'kysely'
import { foldCase } from '#shared/fold-case.ts'
import type { Schema } from '../schema.ts'

/** What is searched for, as it stands in texts and in those that are JSON, with Latin letters as small ones. */
export interface Needles {
  text: string
  /** null: the same. */
  json: string | null
}

export function needlesOf(q: string): Needles {
  // As texts are when they are stored.
  const text = foldCase(q.toWellFormed())
  const json = JSON.stringify(text).slice(1, -1)
  return { text, json: json === text ? null : json }
}

const HAS_LETTERS = /[a-z]/
const TEXTS = ['app_log_body.prompt', 'app_log_body.response', 'app_log_body.error_message'] as const
const FORMATTED = [
  ['app_log_body.prompt', 'app_log_body.prompt_format'],
  ['app_log_body.response', 'app_log_body.response_format'],
] as const

/** Whether a body has it in any of its texts, sign by sign; the case of Latin letters does not count. */
export function textMatches(eb: ExpressionBuilder<Schema, 'app_log_body'>, { text, json }: Needles) {
  // Unlike LIKE, instr has no wildcards and does not end at a NUL. Like `foldCase`, SQLite's lower knows ASCII only.
  const found = (column: (typeof TEXTS)[number], needle: string) => {
    const searched = HAS_LETTERS.test(needle) ? eb.fn<string>('lower', [column]) : eb.ref(column)
    return eb(eb.fn<number>('instr', [searched, eb.val(needle)]), '>', 0)
  }
  const plain = TEXTS.map((column) => found(column, text))
  if (json === null) return eb.or(plain)
  const escaped = FORMATTED.map(([column, format]) => eb.and([eb(format, '=', 'json'), found(column, json)]))
  return eb.or([...plain, ...escaped])
}

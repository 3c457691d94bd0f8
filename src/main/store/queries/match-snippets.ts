import type { Snippet } from '#shared/contract/search.ts'
import { foldCase } from '#shared/fold-case.ts'
import type { OpenDatabase } from '../database.ts'
import type { Needles } from './text-match.ts'
import { needlesOf } from './text-match.ts'

/** How much is shown around a match, in UTF-16 code units. */
const BEFORE = 40
const AFTER = 200
/** A match that is longer is not shown whole. */
const MATCH = 200

/** Where a text stands first in each of some calls: in its error, its prompt or its response. By the primary key. */
export function matchSnippets(
  { kysely, sqlite }: OpenDatabase,
  { q, ids }: { q: string; ids: readonly number[] },
): Snippet[] {
  const body = kysely
    .selectFrom('app_log_body')
    .select([
      'prompt',
      'prompt_format as promptFormat',
      'response',
      'response_format as responseFormat',
      'error_message as errorMessage',
    ])
    .where('app_log_id', '=', 0)
  const find = sqlite.prepare<[number], Body>(body.compile().sql)
  const needles = needlesOf(q)
  return ids.flatMap((id) => {
    const found = find.get(id)
    const snippet = found && snippetOf(found, needles)
    return snippet ? [{ id, ...snippet }] : []
  })
}

interface Body {
  prompt: string | null
  promptFormat: 'text' | 'json' | null
  response: string | null
  responseFormat: 'text' | 'json' | null
  errorMessage: string | null
}

function snippetOf(body: Body, needles: Needles): Omit<Snippet, 'id'> | undefined {
  const { prompt, promptFormat, response, responseFormat, errorMessage } = body
  const texts = [
    { field: 'errorMessage', text: errorMessage, isJson: false },
    { field: 'prompt', text: prompt, isJson: promptFormat === 'json' },
    { field: 'response', text: response, isJson: responseFormat === 'json' },
  ] as const
  for (const { field, text, isJson } of texts) {
    if (text === null) continue
    const place = placeOf(text, needles, isJson)
    if (place) return { field, ...around(text, place, isJson) }
  }
  return undefined
}

function placeOf(text: string, { text: plain, json }: Needles, isJson: boolean) {
  const folded = foldCase(text)
  const escaped = isJson && json !== null ? folded.indexOf(json) : -1
  if (json !== null && escaped !== -1) return { start: escaped, end: escaped + json.length }
  const start = folded.indexOf(plain)
  return start === -1 ? undefined : { start, end: start + plain.length }
}

function around(text: string, { start, end }: { start: number; end: number }, isJson: boolean) {
  const read = (from: number, to: number) => readable(text.slice(from, to).toWellFormed(), isJson)
  const first = Math.max(0, start - BEFORE)
  const last = Math.min(text.length, end + AFTER)
  return {
    before: (first > 0 ? '…' : '') + read(first, start),
    match: read(start, Math.min(end, start + MATCH)) + (end - start > MATCH ? '…' : ''),
    after: read(end, last) + (last < text.length ? '…' : ''),
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/' }

/** In one line, and as it is meant where it is a part of JSON; an escape that was cut in two stays. */
function readable(text: string, isJson: boolean): string {
  const meant = isJson
    ? text.replace(/\\(?:u([0-9a-f]{4})|(.))/gi, (_escape, code: string | undefined, sign: string) =>
        code === undefined ? (ESCAPES[sign] ?? ' ') : String.fromCharCode(Number.parseInt(code, 16)),
      )
    : text
  return meant.replace(/\s+/g, ' ')
}

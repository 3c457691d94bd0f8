import { LIMITS } from '#shared/limits.ts'

/** What calls are searched by besides their labels. It lives in the page's address. */
export interface CallSearch {
  /** A part of the prompt, the response or the error. */
  q?: string
  status?: 'ok' | 'error'
  errorType?: string
  sessionId?: string
  minDurationMs?: number
  maxDurationMs?: number
}

export const SEARCH_FIELDS = [
  'q',
  'status',
  'errorType',
  'sessionId',
  'minDurationMs',
  'maxDurationMs',
] as const satisfies readonly (keyof CallSearch)[]

/** Reads a search from the page's address; what cannot be one is left out. */
export function searchFromQuery(query: Readonly<Record<string, unknown>>): CallSearch {
  const q = textOf(query['q'], LIMITS.searchLength)
  const { status } = query
  const errorType = textOf(query['errorType'], LIMITS.nameLength)
  const sessionId = textOf(query['sessionId'], LIMITS.nameLength)
  const minDurationMs = durationOf(query['minDurationMs'])
  const maxDurationMs = durationOf(query['maxDurationMs'])
  return {
    ...(q !== undefined && { q }),
    ...((status === 'ok' || status === 'error') && { status }),
    ...(errorType !== undefined && { errorType }),
    ...(sessionId !== undefined && { sessionId }),
    ...(minDurationMs !== undefined && { minDurationMs }),
    ...(maxDurationMs !== undefined && { maxDurationMs }),
  }
}

function textOf(value: unknown, maxLength: number): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= maxLength ? value : undefined
}

/** Milliseconds as people write them: `250`, `0.5`. */
export function durationOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,12}(\.\d{1,3})?$/.test(value)) return undefined
  const durationMs = Number(value)
  return durationMs <= LIMITS.durationMs ? durationMs : undefined
}

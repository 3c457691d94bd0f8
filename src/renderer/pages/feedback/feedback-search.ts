import type { Feedback } from '#shared/contract/feedback.ts'
import { LIMITS } from '#shared/limits.ts'

/** What feedback is searched by besides its time. It lives in the page's address; '' is having none. */
export interface FeedbackSearch {
  state?: Feedback['state']
  /** `5`, or `1-2`. */
  rating?: string
  type?: NonNullable<Feedback['type']> | ''
  source?: NonNullable<Feedback['source']> | ''
  app?: string
  model?: string
  tag?: string
  assignee?: string
  /** Who judged. */
  userId?: string
  requestId?: string
  /** Id of the call; digits. */
  logId?: string
  /** A part of the comment or the note. */
  q?: string
}

export const SEARCH_FIELDS = [
  'state',
  'rating',
  'type',
  'source',
  'app',
  'model',
  'tag',
  'assignee',
  'userId',
  'requestId',
  'logId',
  'q',
] as const satisfies readonly (keyof FeedbackSearch)[]

const STATES = ['open', 'resolved'] as const
export const TYPES = ['quality', 'accuracy', 'latency', 'safety', 'other'] as const
export const SOURCES = ['end-user', 'reviewer', 'program'] as const

/** Reads a search from the page's address; what cannot be one is left out. */
export function searchFromQuery(query: Readonly<Record<string, unknown>>): FeedbackSearch {
  const oneOf = <Value extends string>(field: string, values: readonly Value[]) =>
    values.find((value) => value === query[field])
  const text = (field: string, maxLength: number = LIMITS.nameLength) => {
    const value = query[field]
    return typeof value === 'string' && value.length <= maxLength ? value : undefined
  }
  const filled = (field: string, maxLength?: number) => text(field, maxLength) || undefined
  const matching = (field: string, form: RegExp) => {
    const value = text(field)
    return value !== undefined && form.test(value) ? value : undefined
  }
  return {
    ...defined('state', oneOf('state', STATES)),
    ...defined('rating', matching('rating', /^[1-5](-[1-5])?$/)),
    ...defined('type', oneOf('type', [...TYPES, '' as const])),
    ...defined('source', oneOf('source', [...SOURCES, '' as const])),
    ...defined('app', filled('app')),
    ...defined('model', text('model')),
    ...defined('tag', text('tag')),
    ...defined('assignee', text('assignee')),
    ...defined('userId', filled('userId')),
    ...defined('requestId', filled('requestId')),
    ...defined('logId', matching('logId', /^\d{1,15}$/)),
    ...defined('q', filled('q', LIMITS.searchLength)),
  }
}

function defined<Field extends string, Value>(field: Field, value: Value | undefined) {
  return (value === undefined ? {} : { [field]: value }) as { [Name in Field]?: Value }
}

/** What the contract asks for such feedback by. */
export function filterOf(search: FeedbackSearch) {
  const { state: _state, rating, logId, ...others } = search
  const [min, max = min] = rating?.split('-') ?? []
  return {
    ...others,
    ...(min === undefined ? {} : { minRating: Number(min), maxRating: Number(max) }),
    ...(logId === undefined ? {} : { logId: Number(logId) }),
  }
}

export type FeedbackFilter = ReturnType<typeof filterOf>

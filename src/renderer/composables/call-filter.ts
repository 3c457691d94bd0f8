import type { BreakdownBy, CallFilter } from '#shared/contract/monitoring.ts'
import { LIMITS } from '#shared/limits.ts'

/** What the calls of a page can be narrowed down by: by what a breakdown lists the values, and the name of both. */
export const FILTER_FIELDS = [
  { field: 'app', by: 'app', label: 'dimension.app' },
  { field: 'model', by: 'model', label: 'dimension.model' },
  { field: 'provider', by: 'provider', label: 'dimension.provider' },
  { field: 'appType', by: 'appType', label: 'dimension.appType' },
  { field: 'environment', by: 'environment', label: 'dimension.environment' },
  { field: 'userId', by: 'user', label: 'dimension.user' },
] as const satisfies readonly { field: keyof CallFilter; by: BreakdownBy; label: string }[]

export type FilterField = (typeof FILTER_FIELDS)[number]['field']

/** Labels that calls must have; '' is having none. */
export type LabelFilter = { readonly [Field in FilterField]?: string }

/** Reads a filter from the page's address; what cannot be one is left out. */
export function filterFromQuery(query: Readonly<Record<string, unknown>>): LabelFilter {
  return Object.fromEntries(
    FILTER_FIELDS.flatMap(({ field }) => {
      const value = query[field]
      return typeof value === 'string' && value.length <= LIMITS.nameLength ? [[field, value]] : []
    }),
  )
}

import type { CallQuery, CallQueryField } from '#shared/contract/call-query.ts'
import { callQuerySchema } from '#shared/contract/call-query.ts'
import type { BreakdownBy } from '#shared/contract/monitoring.ts'

interface Choice {
  value: string
  label: string
}

/** Something that calls can be narrowed down by, and how its value is given. */
export type CallFilter = { id: string; label: string } & (
  | { kind: 'label'; field: CallQueryField; by: BreakdownBy }
  | { kind: 'choice'; field: CallQueryField; choices: readonly Choice[] }
  | { kind: 'text'; field: CallQueryField }
  | { kind: 'range'; min: CallQueryField; max: CallQueryField; unit: 'ms' | 'currency' }
)

/** Changes of an address; undefined: by it no more. */
export type QueryChanges = { [Field in CallQueryField]?: string | undefined }

const YES_NO = [
  { value: 'true', label: 'explorer.yes' },
  { value: 'false', label: 'explorer.no' },
] as const

/** All filters in the order of a menu: those that are wanted most come first. */
export const CALL_FILTERS: readonly CallFilter[] = [
  {
    id: 'status',
    label: 'calls.status',
    kind: 'choice',
    field: 'status',
    choices: [
      { value: 'error', label: 'calls.error' },
      { value: 'ok', label: 'calls.ok' },
    ],
  },
  { id: 'errorType', label: 'dimension.errorType', kind: 'label', field: 'errorType', by: 'errorType' },
  { id: 'app', label: 'dimension.app', kind: 'label', field: 'app', by: 'app' },
  { id: 'model', label: 'dimension.model', kind: 'label', field: 'model', by: 'model' },
  { id: 'userId', label: 'dimension.user', kind: 'label', field: 'userId', by: 'user' },
  {
    id: 'duration',
    label: 'calls.duration',
    kind: 'range',
    min: 'minDurationMs',
    max: 'maxDurationMs',
    unit: 'ms',
  },
  { id: 'cost', label: 'calls.cost', kind: 'range', min: 'minCost', max: 'maxCost', unit: 'currency' },
  { id: 'provider', label: 'dimension.provider', kind: 'label', field: 'provider', by: 'provider' },
  { id: 'appType', label: 'dimension.appType', kind: 'label', field: 'appType', by: 'appType' },
  {
    id: 'environment',
    label: 'dimension.environment',
    kind: 'label',
    field: 'environment',
    by: 'environment',
  },
  { id: 'sessionId', label: 'call.session', kind: 'text', field: 'sessionId' },
  { id: 'traceId', label: 'call.traceId', kind: 'text', field: 'traceId' },
  { id: 'requestId', label: 'explorer.requestId', kind: 'text', field: 'requestId' },
  { id: 'tag', label: 'explorer.tag', kind: 'text', field: 'tag' },
  { id: 'operation', label: 'call.operation', kind: 'text', field: 'operation' },
  {
    id: 'source',
    label: 'call.source',
    kind: 'choice',
    field: 'source',
    choices: [
      { value: 'native', label: 'connect.source.native' },
      { value: 'otlp', label: 'connect.source.otlp' },
      { value: 'proxy', label: 'connect.source.proxy' },
    ],
  },
  {
    id: 'hasFeedback',
    label: 'explorer.hasFeedback',
    kind: 'choice',
    field: 'hasFeedback',
    choices: YES_NO,
  },
  { id: 'isPriced', label: 'explorer.isPriced', kind: 'choice', field: 'isPriced', choices: YES_NO },
  {
    id: 'usage',
    label: 'explorer.usage',
    kind: 'choice',
    field: 'usage',
    choices: [
      { value: 'reported', label: 'explorer.reported' },
      { value: 'estimated', label: 'calls.estimated' },
    ],
  },
  { id: 'isStreamed', label: 'explorer.isStreamed', kind: 'choice', field: 'isStreamed', choices: YES_NO },
]

/** Which parts of an address a filter has. */
export function fieldsOf(filter: CallFilter): CallQueryField[] {
  return filter.kind === 'range' ? [filter.min, filter.max] : [filter.field]
}

/** All that a list of calls may be narrowed down by, besides its time. */
export const QUERY_FIELDS: readonly CallQueryField[] = ['q', ...CALL_FILTERS.flatMap(fieldsOf)]

/** Labels that a call may be without: of these '' means having none. */
const CAN_BE_NONE: ReadonlySet<string> = new Set(['app', 'appType', 'provider', 'model', 'environment'])
const NUMBERS: ReadonlySet<string> = new Set(['minDurationMs', 'maxDurationMs', 'minCost', 'maxCost'])
const CLAIMS = new Map<unknown, boolean>([
  ['true', true],
  ['false', false],
])
const CLAIM_FIELDS: ReadonlySet<string> = new Set(['isPriced', 'isStreamed', 'hasFeedback'])

/** Reads what calls are narrowed down by from an address; what cannot be that is left out. */
export function callQueryFrom(address: Readonly<Record<string, unknown>>): CallQuery {
  const given = new Map<string, unknown>()
  for (const field of QUERY_FIELDS) {
    const value = address[field]
    if (typeof value !== 'string' || (value === '' && !CAN_BE_NONE.has(field))) continue
    given.set(field, valueOf(field, value))
  }
  const whole = callQuerySchema.safeParse(Object.fromEntries(given))
  if (whole.success) return whole.data
  for (const { path } of whole.error.issues) given.delete(String(path[0]))
  return callQuerySchema.parse(Object.fromEntries(given))
}

function valueOf(field: CallQueryField, text: string): unknown {
  if (NUMBERS.has(field)) return numberOf(text) ?? text
  return CLAIM_FIELDS.has(field) ? (CLAIMS.get(text) ?? text) : text
}

/** A number as people write it: `250`, `0.5`. */
export function numberOf(text: string): number | undefined {
  return /^\d{1,12}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined
}

/** The parts of a query that statistics can be narrowed down by, too. */
export function labelsOf(query: CallQuery) {
  const { app, model, provider, appType, environment, userId } = query
  return Object.fromEntries(
    Object.entries({ app, model, provider, appType, environment, userId }).filter(
      ([, value]) => value !== undefined,
    ),
  )
}

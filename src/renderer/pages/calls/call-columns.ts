import type { AppLogItem } from '#shared/contract/app-logs.ts'
import type { Formatters } from '../../format/formatters.ts'
import { NONE } from '../../format/formatters.ts'
import { BASE_CURRENCY } from './base-currency.ts'

export interface CallColumn {
  id: string
  label: string
  /** A track of a CSS grid. */
  width: string
  isNumber?: boolean
  text: (call: AppLogItem, format: Formatters) => string
}

const NAME = 'minmax(100px, 1fr)'

/** What the list can show of a call, besides when it started. */
export const CALL_COLUMNS = [
  { id: 'app', label: 'calls.app', width: NAME, text: ({ app }) => app },
  {
    id: 'model',
    label: 'calls.model',
    width: 'minmax(140px, 1.4fr)',
    text: ({ model, requestModel }) => model ?? requestModel ?? NONE,
  },
  { id: 'status', label: 'calls.status', width: NAME, text: ({ status }) => status },
  { id: 'user', label: 'calls.user', width: NAME, text: ({ userId }) => userId ?? NONE },
  { id: 'session', label: 'call.session', width: NAME, text: ({ sessionId }) => sessionId ?? NONE },
  { id: 'provider', label: 'call.provider', width: NAME, text: ({ provider }) => provider ?? NONE },
  { id: 'appType', label: 'call.appType', width: NAME, text: ({ appType }) => appType ?? NONE },
  {
    id: 'environment',
    label: 'call.environment',
    width: NAME,
    text: ({ environment }) => environment ?? NONE,
  },
  { id: 'operation', label: 'call.operation', width: NAME, text: ({ operation }) => operation ?? NONE },
  {
    id: 'duration',
    label: 'calls.duration',
    width: '92px',
    isNumber: true,
    text: ({ durationMs }, format) => format.duration(durationMs),
  },
  {
    id: 'firstToken',
    label: 'call.firstToken',
    width: '92px',
    isNumber: true,
    text: ({ ttftMs }, format) => format.duration(ttftMs),
  },
  {
    id: 'tokens',
    label: 'calls.tokens',
    width: '130px',
    isNumber: true,
    text: ({ inputTokens, outputTokens }, format) =>
      `${format.count(inputTokens)} / ${format.count(outputTokens)}`,
  },
  {
    id: 'cost',
    label: 'calls.cost',
    width: '118px',
    isNumber: true,
    text: ({ costNanos }, format) => format.cost(costNanos, BASE_CURRENCY),
  },
  {
    id: 'requestId',
    label: 'calls.requestId',
    width: 'minmax(140px, 1.4fr)',
    text: ({ requestId }) => requestId,
  },
] as const satisfies readonly CallColumn[]

export type CallColumnId = (typeof CALL_COLUMNS)[number]['id']

const DEFAULT_COLUMNS: readonly CallColumnId[] = [
  'app',
  'model',
  'status',
  'user',
  'duration',
  'tokens',
  'cost',
]

/** Reads a choice of columns that was kept as text; whatever is not one is the default. */
export function readColumns(text: string | null): CallColumnId[] {
  try {
    const kept: unknown = JSON.parse(text ?? '')
    if (Array.isArray(kept)) return CALL_COLUMNS.flatMap(({ id }) => (kept.includes(id) ? [id] : []))
  } catch {
    // Nothing was kept, or somebody else wrote there.
  }
  return [...DEFAULT_COLUMNS]
}

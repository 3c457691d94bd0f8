import type { AppLogItem } from '#shared/contract/app-logs.ts'
import type { ChosenColumn } from '#shared/contract/call-views.ts'
import type { Formatters } from '../../format/formatters.ts'
import { NONE } from '../../format/formatters.ts'
import { BASE_CURRENCY } from './base-currency.ts'

export interface CallColumn {
  id: string
  label: string
  /** At least so wide, in CSS pixels. */
  minPx: number
  /** Its part of the room that is left; absent: none. */
  share?: number
  isNumber?: boolean
  text: (call: AppLogItem, format: Formatters) => string
}

const NAME = { minPx: 100, share: 1 }
const LONG_NAME = { minPx: 140, share: 1.4 }

/** What the list can show of a call, besides when it started. */
export const CALL_COLUMNS = [
  { id: 'app', label: 'calls.app', minPx: 120, share: 1.3, text: ({ app }) => app },
  {
    id: 'model',
    label: 'calls.model',
    ...LONG_NAME,
    text: ({ model, requestModel }) => model ?? requestModel ?? NONE,
  },
  { id: 'status', label: 'calls.status', ...NAME, text: ({ status }) => status },
  { id: 'user', label: 'calls.user', ...NAME, text: ({ userId }) => userId ?? NONE },
  { id: 'session', label: 'call.session', ...NAME, text: ({ sessionId }) => sessionId ?? NONE },
  { id: 'provider', label: 'call.provider', ...NAME, text: ({ provider }) => provider ?? NONE },
  { id: 'appType', label: 'call.appType', ...NAME, text: ({ appType }) => appType ?? NONE },
  {
    id: 'environment',
    label: 'call.environment',
    ...NAME,
    text: ({ environment }) => environment ?? NONE,
  },
  { id: 'source', label: 'call.source', minPx: 80, share: 0.6, text: ({ source }) => source },
  { id: 'operation', label: 'call.operation', ...NAME, text: ({ operation }) => operation ?? NONE },
  {
    id: 'duration',
    label: 'calls.duration',
    minPx: 92,
    isNumber: true,
    text: ({ durationMs }, format) => format.duration(durationMs),
  },
  {
    id: 'firstToken',
    label: 'call.firstToken',
    minPx: 92,
    isNumber: true,
    text: ({ ttftMs }, format) => format.duration(ttftMs),
  },
  {
    id: 'tokens',
    label: 'calls.tokens',
    minPx: 130,
    isNumber: true,
    text: ({ inputTokens, outputTokens }, format) =>
      `${format.count(inputTokens)} / ${format.count(outputTokens)}`,
  },
  {
    id: 'cost',
    label: 'calls.cost',
    minPx: 118,
    isNumber: true,
    text: ({ costNanos }, format) => format.cost(costNanos, BASE_CURRENCY),
  },
  {
    id: 'requestId',
    label: 'calls.requestId',
    ...LONG_NAME,
    text: ({ requestId }) => requestId,
  },
] as const satisfies readonly CallColumn[]

export type CallColumnId = (typeof CALL_COLUMNS)[number]['id']

/** A column that is shown, and how wide it was made. */
export interface ShownColumn extends CallColumn {
  id: CallColumnId
  widthPx: number | undefined
}

const DEFAULT_COLUMNS: readonly CallColumnId[] = [
  'app',
  'model',
  'status',
  'user',
  'duration',
  'tokens',
  'cost',
]

/** The columns of a choice, in its order, without those that there are not. */
export function columnsOf(chosen: readonly ChosenColumn[] | null): ShownColumn[] {
  const wanted: readonly ChosenColumn[] = chosen ?? DEFAULT_COLUMNS.map((id) => ({ id }))
  return wanted.flatMap(({ id, widthPx }) => {
    const column = CALL_COLUMNS.find((one) => one.id === id)
    return column ? [{ ...column, widthPx }] : []
  })
}

/** The choice that columns stand for; null: as they come. */
export function choiceOf(columns: readonly ShownColumn[]): ChosenColumn[] | null {
  const isAsItComes =
    columns.length === DEFAULT_COLUMNS.length &&
    columns.every(({ id, widthPx }, index) => id === DEFAULT_COLUMNS[index] && widthPx === undefined)
  if (isAsItComes) return null
  return columns.map(({ id, widthPx }) => (widthPx === undefined ? { id } : { id, widthPx }))
}

/** Puts a column before the one that has a place now. */
export function moveColumn(columns: readonly ShownColumn[], id: string, to: number): ShownColumn[] {
  const from = columns.findIndex((column) => column.id === id)
  const moved = columns[from]
  if (!moved) return [...columns]
  const others = columns.filter((column) => column !== moved)
  return others.toSpliced(Math.max(0, Math.min(to, others.length)), 0, moved)
}

/** Of the start, which is always shown. */
const TIME_PX = 164

/** The columns as tracks of a grid, and how wide they are together at least. */
export function tracksOf(columns: readonly ShownColumn[]): { template: string; minPx: number } {
  const tracks = columns.map(({ widthPx, minPx, share }) => {
    if (widthPx !== undefined) return `${widthPx}px`
    return share === undefined ? `${minPx}px` : `minmax(${minPx}px, ${share}fr)`
  })
  // Without a share the row would end before the list does.
  const isFixed = columns.every(({ widthPx, share }) => widthPx !== undefined || share === undefined)
  const minPx = columns.reduce((sum, column) => sum + (column.widthPx ?? column.minPx), TIME_PX)
  return { template: [isFixed ? `minmax(${TIME_PX}px, 1fr)` : `${TIME_PX}px`, ...tracks].join(' '), minPx }
}

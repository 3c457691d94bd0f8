import * as z from 'zod'
import { LIMITS } from '../limits.ts'

/** A column of the list of calls, in the place that it has. One that the list does not know is not shown. */
const callColumnSchema = z.object({
  id: z.string().min(1).max(40),
  widthPx: z
    .int()
    .min(LIMITS.columnMinPx)
    .max(LIMITS.columnMaxPx)
    .optional()
    .describe('absent: as wide as there is room'),
})
export type ChosenColumn = z.output<typeof callColumnSchema>

const columns = z
  .array(callColumnSchema)
  .max(LIMITS.callColumns, `must be at most ${LIMITS.callColumns} columns`)
  .refine((all) => areDistinct(all), 'must not name a column twice')

/** What the list of calls is looked at for again and again. */
const callViewSchema = z.object({
  id: z.string().min(1).max(LIMITS.nameLength),
  name: z.string().trim().min(1).max(LIMITS.viewNameLength),
  address: z
    .string()
    .max(LIMITS.viewAddressLength)
    .describe('time range and filters, as the query of an address: range=24h&status=error'),
  columns: columns.nullable().describe('null: those that the list comes with'),
})
export type CallView = z.output<typeof callViewSchema>

/** How the list of calls is looked at: settings, like the language. */
export const callViewSettings = {
  callColumns: columns.nullable().default(null).describe('columns of the list of calls; null: as it comes'),
  callViews: z
    .array(callViewSchema)
    .max(LIMITS.callViews, `must be at most ${LIMITS.callViews} views`)
    .refine((views) => areDistinct(views), 'must not have an id twice')
    .default([])
    .describe('saved views of the list of calls, in their order'),
  defaultCallView: z
    .string()
    .max(LIMITS.nameLength)
    .nullable()
    .default(null)
    .describe('id of the view that the list of calls begins with; null: none'),
}

/** Whether no id comes twice. */
export function areDistinct(all: readonly { id: string }[]): boolean {
  return new Set(all.map(({ id }) => id)).size === all.length
}

import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'

const formatSchema = z.enum(['own', 'langfuse', 'langsmith', 'otlp'])
export type CallImportFormat = z.output<typeof formatSchema>

/** What is read of a file before it is imported. */
const previewCallSchema = z.object({
  requestId: z.string(),
  app: z.string(),
  model: z.string().nullable(),
  operation: z.string().nullable(),
  status: z.enum(['ok', 'error']),
  isStep: z.boolean().describe('a part of a trace that is not counted as a call'),
  startedAt: z.int().describe('epoch ms'),
  durationMs: z.number().nullable(),
  totalTokens: z.int().nullable(),
})
export type CallImportPreview = z.output<typeof previewCallSchema>

const problemSchema = z.object({
  line: z.int().describe('where the record begins, counted from 1'),
  reason: z.string(),
})

/** What became of the records of a file. */
const reportSchema = z.object({
  imported: z.int(),
  /** Of those: parts of traces that are not counted as calls. */
  steps: z.int(),
  duplicates: z.int().describe('they were there before, and were left as they are'),
  forgotten: z.int().describe('they, or their users, were forgotten here, and stay so'),
  rejected: z.int(),
  problems: z.array(problemSchema).describe('the first of what was rejected'),
})
export type CallImportReport = z.output<typeof reportSchema>

const stepSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), report: reportSchema, share: z.number().describe('0 to 1') }),
  z.object({ type: z.literal('done'), report: reportSchema }),
  z.object({
    type: z.literal('failed'),
    report: reportSchema,
    reason: z.enum(['gone', 'disk-full', 'unreadable', 'damaged', 'other']),
  }),
])
export type CallImportStep = z.output<typeof stepSchema>

const chosenSchema = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('cancelled') }),
  z.object({ outcome: z.literal('unreadable') }),
  z.object({
    outcome: z.literal('chosen'),
    /** Stands for the file, whose path no page needs to know. */
    fileId: z.string(),
    fileName: z.string().describe('without its folder'),
    sizeBytes: z.int(),
    format: formatSchema.nullable().describe('null: nothing in its beginning can be imported'),
    calls: z.array(previewCallSchema),
    problems: z.array(problemSchema),
  }),
])
export type ChosenImport = z.output<typeof chosenSchema>

/**
 * For the window only: the user names the file in a dialog of the system, or drops it. Over HTTP whoever has the token could read any
 * file of the machine by its path; a script posts calls to `/v1/app-logs` and `/v1/traces`.
 */
export const callImportsContract = {
  choose: oc.output(chosenSchema),
  /** The file that was opened with the console, if there is one: it is given once. */
  opened: oc.output(chosenSchema),
  /** The file that the user has just dropped on the page. */
  takeDropped: oc.output(chosenSchema),
  /** May be aborted at any time: what was imported stays, and importing again goes on behind it. */
  run: oc
    .input(
      z.object({
        fileId: z.string().max(LIMITS.nameLength),
        app: z.string().trim().min(1).max(LIMITS.nameLength).describe('of calls that name none'),
      }),
    )
    .output(eventIterator(stepSchema)),
}

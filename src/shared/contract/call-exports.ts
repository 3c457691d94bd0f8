import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { callFilterSchema } from './app-logs.ts'

export const callFormatSchema = z.enum(['csv', 'jsonl', 'parquet'])
export type CallFormat = z.output<typeof callFormatSchema>

const requestSchema = callFilterSchema.extend({
  format: callFormatSchema,
  withBodies: z
    .boolean()
    .default(false)
    .describe('whether prompts, responses, error messages, tags and attributes are in it, too'),
})
export type CallExportRequest = z.output<typeof requestSchema>

/** How far a file is, and what became of it. */
const stepSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), calls: z.int(), share: z.number().describe('0 to 1') }),
  z.object({
    type: z.literal('saved'),
    fileName: z.string().describe('without its folder'),
    calls: z.int(),
    sizeBytes: z.int(),
  }),
  z.object({ type: z.literal('cancelled') }),
  z.object({ type: z.literal('failed'), reason: z.enum(['disk-full', 'not-allowed', 'other']) }),
])
export type CallExportStep = z.output<typeof stepSchema>

export const callExportsContract = {
  /** Asks the user where to; for the window only. Ends, and leaves nothing behind, when it is aborted. */
  save: oc.input(requestSchema).output(eventIterator(stepSchema)),
  download: oc
    .route({
      method: 'GET',
      path: '/v1/app-logs/export',
      outputStructure: 'detailed',
      tags: ['Calls'],
      summary: 'All calls of a filter as one file, newest first: CSV, JSON by the line, or Parquet',
    })
    .input(requestSchema)
    .output(
      z.object({
        headers: z.record(z.string(), z.string()),
        body: z.instanceof(ReadableStream<Uint8Array>),
      }),
    ),
}

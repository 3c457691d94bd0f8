import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'

const partSchema = z.object({
  part: z.enum([
    'calls',
    'bodies',
    'textIndex',
    'indexes',
    'statistics',
    'feedback',
    'alerts',
    'other',
    'free',
  ]),
  sizeBytes: z.int(),
})
export type DatabasePart = z.output<typeof partSchema>

const checkSchema = z.object({
  state: z
    .enum(['waiting', 'running', 'ok', 'damaged', 'failed'])
    .describe('failed: the check itself could not be made'),
  share: z.number().describe('of the check that runs, 0 to 1'),
  checkedAt: z.int().nullable().describe('epoch ms'),
  problems: z.array(z.string()).describe("what SQLite says is wrong, in SQLite's words"),
})
export type DatabaseCheck = z.output<typeof checkSchema>

export const databaseStatusSchema = z.object({
  fileBytes: z.int(),
  logBytes: z.int().describe('what was written and is not yet in the file'),
  freeBytes: z.int().describe('in the file: new calls take it before the file grows'),
  diskFreeBytes: z.int(),
  compactNeedsBytes: z.int().describe('what must be free on the disk to compact'),
  isCompacting: z.boolean(),
  check: checkSchema,
  lastRestore: z
    .object({
      backup: z.string().describe('name of the file'),
      keptAs: z.string().describe('what the database of before is called'),
      restored: z.boolean().describe('false: the database of before was put back'),
      at: z.int().describe('epoch ms'),
    })
    .nullable(),
})
export type DatabaseStatus = z.output<typeof databaseStatusSchema>

const compactedSchema = z.object({ beforeBytes: z.int(), afterBytes: z.int() })
const compactStepSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    phase: z.enum(['rewriting', 'replacing']),
    share: z.number().describe('of the phase, 0 to 1; rewriting does not tell'),
  }),
  compactedSchema.extend({ type: z.literal('done') }),
  z.object({
    type: z.literal('refused'),
    reason: z.enum(['disk-full', 'busy', 'other']),
    needsBytes: z.int(),
    diskFreeBytes: z.int(),
  }),
])
export type CompactStep = z.output<typeof compactStepSchema>

export const databaseContract = {
  status: oc
    .route({ method: 'GET', path: '/v1/database', tags: ['Database'], summary: 'Sizes, and the last check' })
    .output(databaseStatusSchema),
  parts: oc
    .route({
      method: 'GET',
      path: '/v1/database/parts',
      tags: ['Database'],
      summary: 'Size by part; reads the whole file',
    })
    .output(z.object({ parts: z.array(partSchema) })),
  check: oc
    .route({
      method: 'POST',
      path: '/v1/database/check',
      tags: ['Database'],
      summary: 'Checks the structure of the whole database',
    })
    .output(checkSchema),
  compact: oc
    .route({
      method: 'POST',
      path: '/v1/database/compact',
      tags: ['Database'],
      summary: 'Gives free space back to the disk; calls that come meanwhile wait',
    })
    .output(compactedSchema),
  /** The same for the window, with how far it is. */
  compaction: oc.output(eventIterator(compactStepSchema)),
}

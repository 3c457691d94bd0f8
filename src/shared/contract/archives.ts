import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'

export const ARCHIVE_FORMAT = 'llmops-console-archive'
/** Of the files; raised when an older console cannot read them any more. */
export const ARCHIVE_VERSION = 1

const countsSchema = z.object({
  calls: z.int(),
  steps: z.int().describe('parts of traces that are not counted as calls'),
  texts: z.int().describe('calls and steps with a prompt or a response'),
  feedback: z.int(),
  events: z.int().describe('of spans'),
})

const totalsSchema = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  totalTokens: z.number(),
  costNanos: z.number(),
})

/** What an archive says of itself, in the file beside its data. */
export const archiveManifestSchema = z.object({
  format: z.literal(ARCHIVE_FORMAT),
  version: z.int().min(1),
  kind: z.enum(['bodies', 'calls']).describe('bodies: the texts went, the calls stayed'),
  day: z.iso.date().describe('UTC'),
  from: z.number().describe('epoch ms: when its first call started'),
  to: z.number().describe('epoch ms: when its last call started'),
  createdAt: z.number().describe('epoch ms'),
  appVersion: z.string(),
  schemaVersion: z.string(),
  counts: countsSchema,
  totals: totalsSchema,
  data: z.object({
    file: z.string(),
    encoding: z.literal('jsonl+gzip'),
    sizeBytes: z.int(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .describe('of the file'),
    rawBytes: z.int(),
  }),
})
export type ArchiveManifest = z.output<typeof archiveManifestSchema>

const problemSchema = z.enum([
  'archive-bad-name',
  'archive-busy',
  'archive-damaged',
  'archive-folder-unusable',
  'archive-disk-full',
  'archive-missing',
  'archive-newer',
])
export type ArchiveProblem = z.output<typeof problemSchema>

const archiveSchema = z.object({
  name: z.string(),
  manifest: archiveManifestSchema.nullable().describe('null: it cannot be read'),
  problem: problemSchema.nullable().describe('of its manifest; the data are looked at by a check'),
  sizeBytes: z.int().describe('of its data'),
})
export type Archive = z.output<typeof archiveSchema>

const archivedItemSchema = z.object({
  requestId: z.string(),
  app: z.string(),
  model: z.string().nullable(),
  userId: z.string().nullable(),
  status: z.enum(['ok', 'error']),
  errorType: z.string().nullable(),
  startedAt: z.number(),
  durationMs: z.number().nullable(),
  totalTokens: z.number().nullable(),
  costNanos: z.number().nullable(),
  isStep: z.boolean(),
  excerpt: z.string().nullable().describe('what was found, with some text around it'),
})
export type ArchivedItem = z.output<typeof archivedItemSchema>

const restoredSchema = z.object({
  restored: z.int().describe('calls and steps that were missing'),
  filled: z.int().describe('calls that have their texts again'),
  skipped: z.int().describe('calls that were there, or are to stay forgotten'),
  feedback: z.int(),
})
export type RestoreOutcome = z.output<typeof restoredSchema>

const nameSchema = z.object({ name: z.string().max(LIMITS.nameLength) })
const daySchema = z.iso.date('must be a day such as 2026-05-30')
const restoreSchema = z.union(
  [nameSchema, z.object({ fromDay: daySchema, toDay: daySchema.describe('this day, too') })],
  'must hold name, or fromDay and toDay',
)

const errors = {
  CONFLICT: { status: 409, message: 'This cannot be done right now.' },
  ARCHIVE_UNUSABLE: {
    status: 422,
    message: 'The archive cannot be used.',
    data: z.object({ problem: problemSchema }),
  },
}
const tags = ['Archives']

export const archivesContract = {
  list: oc
    .route({ method: 'GET', path: '/v1/archives', tags, summary: 'Archives, newest day first' })
    .errors(errors)
    .output(z.object({ items: z.array(archiveSchema), nextCursor: z.null() })),
  search: oc
    .route({
      method: 'GET',
      path: '/v1/archives/{name}/calls',
      tags,
      summary: 'Calls of an archive, all or those that hold a text',
    })
    .errors(errors)
    .input(
      z.object({
        ...nameSchema.shape,
        q: z.string().max(LIMITS.searchLength).optional().describe('literally, upper and lower case alike'),
        limit: z.coerce.number().int().min(1).max(LIMITS.pageSize).default(50),
        cursor: z
          .string()
          .regex(/^\d{1,15}\.\d{1,9}$/)
          .optional(),
      }),
    )
    .output(
      z.object({
        items: z.array(archivedItemSchema),
        nextCursor: z.string().nullable().describe('a page may be short, even empty, and not the last'),
      }),
    ),
  get: oc
    .route({
      method: 'GET',
      path: '/v1/archives/{name}/calls/{requestId}',
      tags,
      summary: 'All that an archive holds of a call',
    })
    .errors(errors)
    .input(z.object({ ...nameSchema.shape, requestId: z.string().max(LIMITS.nameLength) }))
    .output(z.record(z.string(), z.unknown())),
  verify: oc
    .route({
      method: 'POST',
      path: '/v1/archives/{name}/verify',
      tags,
      summary: 'Reads an archive to its end and compares it with its manifest',
    })
    .errors(errors)
    .input(nameSchema)
    .output(archiveManifestSchema),
  restore: oc
    .route({
      method: 'POST',
      path: '/v1/archives/restore',
      tags,
      summary: 'Puts the calls of an archive, or of days, back; what is there stays as it is',
    })
    .errors(errors)
    .input(restoreSchema)
    .output(restoredSchema),
  /** The same for the window: says how far it is, and at the end what it did. */
  restoring: oc
    .errors(errors)
    .input(restoreSchema)
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('progress'), done: z.int(), total: z.int() }),
          z.object({ type: z.literal('result'), result: restoredSchema }),
        ]),
      ),
    ),
  remove: oc
    .route({ method: 'DELETE', path: '/v1/archives/{name}', successStatus: 204, tags })
    .errors(errors)
    .input(nameSchema)
    .output(z.void()),
  /** Shows the folder in the system's file manager. For the window. */
  openFolder: oc.output(z.object({ isOpened: z.boolean() })),
  /** Asks the user for a folder. For the window. */
  chooseFolder: oc.output(z.object({ folder: z.string().nullable() })),
}

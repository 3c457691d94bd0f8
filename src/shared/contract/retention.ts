import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'

const daysSchema = z.int().min(1).max(LIMITS.retentionDays).nullable()

const appRetentionSchema = z.object({
  app: z.string().min(1).max(LIMITS.nameLength),
  bodiesDays: daysSchema,
  callsDays: daysSchema,
})

/** An absolute path, as any of the systems writes it. */
const folderSchema = z
  .string()
  .max(LIMITS.pathLength)
  .regex(/^(?:\/|[A-Za-z]:[\\/]|\\\\)[^\0]*$/, 'must be an absolute path')

/** Null: for ever, or without a limit. */
const retentionFields = z.object({
  isNightly: z.boolean().describe('whether it runs by itself, once a day'),
  hour: z.int().min(0).max(23).describe('of the local day'),
  bodiesDays: daysSchema.describe('after how many days prompts and responses go'),
  callsDays: daysSchema.describe('after how many days calls go; what was counted of them stays'),
  rollupsDays: daysSchema.describe('after how many days what was counted goes, too'),
  alertsDays: daysSchema.describe('after how many days alert records and notifications go'),
  maxGigabytes: z
    .number()
    .positive()
    .max(LIMITS.databaseGigabytes)
    .nullable()
    .describe('the oldest days go until the database holds less'),
  apps: z
    .array(appRetentionSchema)
    .max(LIMITS.retentionApps, `must be at most ${LIMITS.retentionApps} apps`)
    .describe('apps with limits of their own'),
  isArchiving: z.boolean().describe('whether what goes is archived before'),
  archiveFolder: folderSchema.nullable().describe('null: in the data folder'),
})

export const retentionSchema = retentionFields.superRefine((retention, context) => {
  const { bodiesDays, callsDays, rollupsDays, apps } = retention
  const refuse = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message })
  const isLonger = (days: number | null, than: number | null) =>
    than !== null && (days === null || days > than)
  if (isLonger(bodiesDays, callsDays)) refuse(['bodiesDays'], 'must not be longer than callsDays')
  if (isLonger(callsDays, rollupsDays)) refuse(['callsDays'], 'must not be longer than rollupsDays')
  apps.forEach((app, index) => {
    if (isLonger(app.bodiesDays, app.callsDays))
      refuse(['apps', index, 'bodiesDays'], 'must not be longer than callsDays')
    if (isLonger(app.callsDays, rollupsDays))
      refuse(['apps', index, 'callsDays'], 'must not be longer than rollupsDays')
    if (apps.findIndex((other) => other.app === app.app) !== index)
      refuse(['apps', index, 'app'], 'must not be named twice')
  })
})
export type Retention = z.output<typeof retentionSchema>

export const DEFAULT_RETENTION: Retention = {
  isNightly: true,
  hour: 3,
  bodiesDays: 30,
  callsDays: 180,
  rollupsDays: null,
  alertsDays: 365,
  maxGigabytes: null,
  apps: [],
  isArchiving: true,
  archiveFolder: null,
}

const kindSchema = z.enum(['bodies', 'calls', 'size', 'rollups', 'alerts'])
export type RetentionPhase = z.output<typeof kindSchema>

/** What a run has done so far. */
export const retentionResultSchema = z.object({
  bodies: z.int().describe('calls whose texts went'),
  calls: z.int().describe('calls and steps of traces that went'),
  rollupDays: z.int(),
  alertRecords: z.int(),
  notifications: z.int(),
  freedBytes: z.int().describe('within the database; its file shrinks when it is compacted'),
  archives: z.array(z.string()).describe('names of the archives that were written'),
  problem: z.string().nullable().describe('the code of what ended it early'),
})
export type RetentionResult = z.output<typeof retentionResultSchema>

const runSchema = z.object({
  id: z.int(),
  reason: z.enum(['nightly', 'hand']),
  state: z.enum(['running', 'done', 'cancelled', 'failed', 'interrupted']),
  startedAt: z.number().describe('epoch ms'),
  endedAt: z.number().nullable(),
  result: retentionResultSchema,
})
export type RetentionRun = z.output<typeof runSchema>

const progressSchema = z.object({
  phase: kindSchema,
  done: z.int(),
  total: z.int().describe('about how much there is to do'),
  result: retentionResultSchema,
})

export const retentionStatusSchema = z.object({
  progress: progressSchema.nullable().describe('null: nothing runs'),
  nextRunAt: z.number().nullable().describe('epoch ms; null: not by itself'),
  clockDoubt: z
    .object({
      expectedAt: z.number().describe('epoch ms: what the time should be, at most'),
      now: z.number(),
    })
    .nullable()
    .describe('the clock was set forward by more than a day: nothing is deleted until that is confirmed'),
  lastRun: runSchema.nullable(),
  archiveFolder: z.string(),
})
export type RetentionStatus = z.output<typeof retentionStatusSchema>

const previewItemSchema = z.object({
  kind: z.enum(['bodies', 'calls']),
  app: z.string(),
  calls: z.int(),
  sizeBytes: z.int().describe('about'),
})
export type RetentionPreviewItem = z.output<typeof previewItemSchema>

export const retentionPreviewSchema = z.object({
  items: z.array(previewItemSchema).describe('at most so much, by kind and app, most bytes first'),
  rollupDays: z.int(),
  alertRecords: z.int(),
  notifications: z.int(),
  usedBytes: z.int().describe('what the database holds'),
  overBytes: z.int().describe('by how much it is over its limit, when all of the items are gone'),
})
export type RetentionPreview = z.output<typeof retentionPreviewSchema>

const conflict = { CONFLICT: { status: 409, message: 'This cannot be done right now.' } }
const tags = ['Retention']

export const retentionContract = {
  status: oc
    .route({ method: 'GET', path: '/v1/retention', tags, summary: 'What runs, and when it runs next' })
    .output(retentionStatusSchema),
  preview: oc
    .route({ method: 'GET', path: '/v1/retention/preview', tags, summary: 'What a run would delete' })
    .output(retentionPreviewSchema),
  run: oc
    .route({ method: 'POST', path: '/v1/retention/runs', tags, summary: 'Starts a run' })
    .errors(conflict)
    .output(retentionStatusSchema),
  runs: oc
    .route({ method: 'GET', path: '/v1/retention/runs', tags, summary: 'Runs, newest first' })
    .input(
      z.object({
        limit: z.coerce.number().int().min(1).max(LIMITS.pageSize).default(20),
        cursor: z
          .string()
          .regex(/^\d{1,15}$/)
          .optional(),
      }),
    )
    .output(z.object({ items: z.array(runSchema), nextCursor: z.string().nullable() })),
  cancel: oc
    .route({
      method: 'POST',
      path: '/v1/retention/cancel',
      tags,
      summary: 'Ends the run; what is done stays',
    })
    .output(retentionStatusSchema),
  confirmClock: oc
    .route({
      method: 'POST',
      path: '/v1/retention/confirm-clock',
      tags,
      summary: 'Says that the date is right although it went ahead by more than a day',
    })
    .output(retentionStatusSchema),
  /** The status now and whenever it changes. For the window. */
  follow: oc.output(eventIterator(retentionStatusSchema)),
}

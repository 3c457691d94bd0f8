import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'

/** Names say all that need be known to sort them; nothing in them leads out of the folder. */
export const BACKUP_NAME = /^llmops-\d{8}T\d{6}Z(?:-\d{1,3})?-(manual|scheduled|before-restore)\.sqlite$/

const nameSchema = z.string().regex(BACKUP_NAME, 'must be the name of a backup')

export const backupSchema = z.object({
  name: nameSchema,
  kind: z
    .enum(['manual', 'scheduled', 'before-restore'])
    .describe('before-restore: the database that another was put in the place of'),
  createdAt: z.int().describe('epoch ms'),
  sizeBytes: z.int(),
  calls: z.int().nullable().describe('null: it cannot be read'),
  newestCallAt: z.int().nullable().describe('epoch ms'),
  problem: z.enum(['damaged', 'newer-schema']).nullable(),
})
export type Backup = z.output<typeof backupSchema>

export const backupScheduleSchema = z.object({
  every: z.enum(['never', 'day', 'week']).default('never'),
  hour: z
    .int('must be a whole number from 0 to 23')
    .min(0, 'must be a whole number from 0 to 23')
    .max(23, 'must be a whole number from 0 to 23')
    .default(3)
    .describe("by the console's clock"),
  weekday: z
    .int('must be a whole number from 0 to 6')
    .min(0, 'must be a whole number from 0 to 6')
    .max(6, 'must be a whole number from 0 to 6')
    .default(0)
    .describe('0: Sunday; of weekly ones'),
  keep: z
    .int(`must be a whole number from 1 to ${LIMITS.backupsKept}`)
    .min(1, `must be a whole number from 1 to ${LIMITS.backupsKept}`)
    .max(LIMITS.backupsKept, `must be a whole number from 1 to ${LIMITS.backupsKept}`)
    .default(7)
    .describe('scheduled ones; older ones are deleted when a new one is whole'),
})
export type BackupSchedule = z.output<typeof backupScheduleSchema>

const stateSchema = backupScheduleSchema.extend({
  folder: z.string().describe('where backups are'),
  nextAt: z.int().nullable().describe('epoch ms'),
  lastFailure: z
    .object({ at: z.int(), reason: z.enum(['disk-full', 'not-allowed', 'damaged', 'other']) })
    .nullable()
    .describe('of a scheduled one, if none has worked since'),
})
export type BackupState = z.output<typeof stateSchema>

const stepSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), share: z.number().describe('0 to 1; at 1 it is being checked') }),
  z.object({ type: z.literal('done'), backup: backupSchema }),
  z.object({
    type: z.literal('failed'),
    reason: z.enum(['disk-full', 'not-allowed', 'damaged', 'other']),
  }),
])
export type BackupStep = z.output<typeof stepSchema>

export const backupsContract = {
  list: oc
    .route({ method: 'GET', path: '/v1/backups', tags: ['Database'], summary: 'Backups, newest first' })
    .output(z.object({ items: z.array(backupSchema), nextCursor: z.null() })),
  create: oc
    .route({
      method: 'POST',
      path: '/v1/backups',
      successStatus: 201,
      tags: ['Database'],
      summary: 'Backs the database up while it is used, checks the copy, and answers when it is whole',
    })
    .output(backupSchema),
  /** The same for the window, with how far it is. */
  run: oc.output(eventIterator(stepSchema)),
  remove: oc
    .route({
      method: 'DELETE',
      path: '/v1/backups/{name}',
      successStatus: 204,
      tags: ['Database'],
      summary: 'Deletes a backup',
    })
    .input(z.object({ name: nameSchema }))
    .output(z.void()),
  restore: oc
    .route({
      method: 'POST',
      path: '/v1/backups/{name}/restore',
      tags: ['Database'],
      summary:
        'Checks a backup, restarts the console, and puts it in the place of the database, which is kept beside the others',
    })
    .input(z.object({ name: nameSchema }))
    .output(z.object({ keptAs: nameSchema.describe('what the present database will be called') })),
  schedule: oc
    .route({
      method: 'GET',
      path: '/v1/backups/schedule',
      tags: ['Database'],
      summary: 'When backups are made',
    })
    .output(stateSchema),
  changeSchedule: oc
    .route({
      method: 'PUT',
      path: '/v1/backups/schedule',
      tags: ['Database'],
      summary: 'Changes what is given; the folder can be changed in the window only',
    })
    .input(
      z.object({
        every: backupScheduleSchema.shape.every.unwrap().optional(),
        hour: backupScheduleSchema.shape.hour.unwrap().optional(),
        weekday: backupScheduleSchema.shape.weekday.unwrap().optional(),
        keep: backupScheduleSchema.shape.keep.unwrap().optional(),
      }),
    )
    .output(stateSchema),
  /** The same now and whenever it changes, also by what is made by itself. For the window. */
  follow: oc.output(eventIterator(stateSchema)),
  /** Asks the user, in a dialog of the system. */
  chooseFolder: oc.output(stateSchema),
}

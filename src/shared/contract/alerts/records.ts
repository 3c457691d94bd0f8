import { oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../../limits.ts'
import { instantSchema } from '../instant.ts'
import { alertRuleSchema, severitySchema } from './rules.ts'

const recordStateSchema = z.enum(
  ['pending', 'firing', 'recovering', 'resolved'],
  'must be "pending", "firing", "recovering" or "resolved"',
)

/** What was, or is to be, sent of a record to one channel. */
export const notificationSchema = z.object({
  deliveryId: z.string().describe('the same over all attempts'),
  channelId: z.string(),
  channelName: z.string(),
  event: z.enum(['firing', 'repeat', 'resolved', 'unmuted', 'test']),
  status: z.enum(['queued', 'sending', 'sent', 'retrying', 'dead', 'suppressed']),
  reason: z.string().optional().describe('why it was suppressed, or why it failed'),
  attempts: z.int(),
  lastStatus: z.int().optional().describe('the last HTTP or SMTP answer'),
  createdAt: z.number().describe('epoch ms'),
  nextAttemptAt: z.number().optional().describe('epoch ms'),
})
export type AlertNotification = z.output<typeof notificationSchema>

/** Notes of records that ended with what became of their rule. */
const END_NOTES = ['rule-disabled', 'rule-removed', 'rule-changed'] as const
export type EndNote = (typeof END_NOTES)[number]

/** One firing episode of an instance. */
export const alertRecordSchema = z.object({
  id: z.string(),
  ruleId: z.string(),
  ruleName: z.string(),
  severity: severitySchema,
  labels: z
    .record(z.string(), z.string())
    .describe('what its rule is split by: app, model or user; health, if the rule cannot be measured'),
  state: recordStateSchema,
  isAcknowledged: z.boolean(),
  isRead: z.boolean(),
  startedAt: z.number().describe('epoch ms: when it was breached first'),
  firedAt: z.number().nullable(),
  resolvedAt: z.number().nullable(),
  resolvedBy: z.enum(['auto', 'user']).nullable(),
  note: z
    .string()
    .describe(`of the user; or why it ended: ${END_NOTES.join(', ')}; or why the rule cannot be measured`),
  metric: z.string().describe("of the rule's first condition"),
  threshold: z.number(),
  firstValue: z.number().nullable(),
  worstValue: z.number().nullable(),
  lastValue: z.number().nullable(),
  isSilenced: z.boolean(),
  notifications: z.array(notificationSchema),
})
export type AlertRecord = z.output<typeof alertRecordSchema>

/** A record with the rule as it was when it fired, and its course. */
const recordDetailSchema = alertRecordSchema.extend({
  rule: alertRuleSchema.omit({ status: true }),
  points: z
    .array(z.object({ t: z.number(), value: z.number().nullable() }))
    .describe('values of the episode and of some time before, ascending'),
})
export type AlertRecordDetail = z.output<typeof recordDetailSchema>

const idSchema = z.object({ id: z.string().max(LIMITS.nameLength) })
const note = z.string().max(LIMITS.noteLength).default('')
const tags = ['Alerts']
const conflict = { CONFLICT: { status: 409, message: 'It is in conflict with what is there.' } }

export const alertRecordsContract = {
  list: oc
    .route({ method: 'GET', path: '/v1/alerts/records', tags, summary: 'Firing episodes, newest first' })
    .input(
      z.object({
        state: recordStateSchema.optional(),
        ruleId: z.string().max(LIMITS.nameLength).optional(),
        severity: severitySchema.optional(),
        from: instantSchema.optional(),
        to: instantSchema.optional(),
        limit: z.coerce.number().int().min(1).max(LIMITS.pageSize).default(100),
        cursor: z.string().max(LIMITS.nameLength).optional(),
      }),
    )
    .output(z.object({ items: z.array(alertRecordSchema), nextCursor: z.string().nullable() })),
  get: oc
    .route({ method: 'GET', path: '/v1/alerts/records/{id}', tags })
    .input(idSchema)
    .output(recordDetailSchema),
  acknowledge: oc
    .route({ method: 'POST', path: '/v1/alerts/records/{id}/acknowledge', tags })
    .input(idSchema)
    .output(alertRecordSchema),
  resolve: oc
    .route({
      method: 'POST',
      path: '/v1/alerts/records/{id}/resolve',
      tags,
      summary: 'Ends an episode by hand; if it is still breached, a new one begins after forMinutes',
    })
    .errors(conflict)
    .input(z.object({ ...idSchema.shape, note }))
    .output(alertRecordSchema),
  reopen: oc
    .route({ method: 'POST', path: '/v1/alerts/records/{id}/reopen', tags })
    .errors(conflict)
    .input(idSchema)
    .output(alertRecordSchema),
  /** The badge's counter. */
  unread: oc.output(z.object({ unread: z.int(), firing: z.int() })),
  /** Marks records as seen; without ids, all. */
  markRead: oc.input(z.object({ ids: z.array(z.string()).max(LIMITS.pageSize).optional() })).output(z.void()),
}

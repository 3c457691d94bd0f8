import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../../limits.ts'

export const severitySchema = z.enum(
  ['info', 'warning', 'critical'],
  'must be "info", "warning" or "critical"',
)
export type Severity = z.infer<typeof severitySchema>

/** What a condition may look at. Units are in the names; rates are 0–1, costs in units of the base currency. */
export const METRICS = [
  'failureRate',
  'durationAvgMs',
  'durationP50Ms',
  'durationP95Ms',
  'durationP99Ms',
  'ttftP95Ms',
  'requests',
  'errors',
  'totalTokens',
  'cost',
  'costPerUser',
  'budgetUsedPercent',
  'feedbackAverage',
  'feedbackNegativeRate',
  'unpricedRequests',
] as const
export type Metric = (typeof METRICS)[number]

const conditionSchema = z
  .object({
    metric: z.enum(METRICS, 'must be a metric'),
    comparison: z.enum(['gt', 'gte', 'lt', 'lte'], 'must be "gt", "gte", "lt" or "lte"'),
    threshold: z.number(),
    windowMinutes: z
      .int()
      .min(1)
      .max(LIMITS.alertWindowMinutes)
      .default(5)
      .describe('of arrival; calls whose own time is older than the window plus 15 minutes do not count'),
    compareTo: z
      .enum(['yesterday', 'lastWeek'], 'must be "yesterday" or "lastWeek"')
      .optional()
      .describe('the threshold is a change in percent against the same window then'),
    errorType: z.string().max(LIMITS.nameLength).optional().describe('of errors: those of this type only'),
    budgetId: z.string().max(LIMITS.nameLength).optional().describe('of budgetUsedPercent: which budget'),
  })
  .refine(({ metric, budgetId }) => metric !== 'budgetUsedPercent' || budgetId !== undefined, {
    error: 'must name a budget',
    path: ['budgetId'],
  })
export type Condition = z.output<typeof conditionSchema>

/** One value or several, of which any may match. */
const labelFilter = z
  .union([
    z.string().max(LIMITS.nameLength),
    z.array(z.string().max(LIMITS.nameLength)).max(LIMITS.alertFilterValues),
  ])
  .transform((value) => (typeof value === 'string' ? [value] : value))
  .optional()

const filterSchema = z.object({
  app: labelFilter,
  appType: labelFilter,
  model: labelFilter,
  provider: labelFilter,
  userId: labelFilter,
  environment: labelFilter,
})

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:00')

const quietHoursSchema = z.object({
  from: timeOfDay,
  to: timeOfDay.describe('before from: of the next day'),
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone').describe('IANA name'),
})

const minutes = (least: number, most: number) => z.number().min(least).max(most)

const fields = {
  name: z.string().trim().min(1).max(LIMITS.nameLength),
  description: z.string().max(LIMITS.noteLength).default(''),
  severity: severitySchema.default('warning'),
  isEnabled: z.boolean().default(true),
  match: z.enum(['all', 'any'], 'must be "all" or "any"').default('all'),
  conditions: z
    .array(conditionSchema)
    .min(1, 'must hold at least one condition')
    .max(LIMITS.alertConditions, `must be at most ${LIMITS.alertConditions}`),
  filter: filterSchema.default({}),
  splitBy: z
    .enum(['none', 'app', 'model', 'user'], 'must be "none", "app", "model" or "user"')
    .default('none')
    .describe(`one instance for each value, at most ${LIMITS.alertInstances}`),
  minSamples: z.int().min(0).max(1e9).default(0),
  forMinutes: minutes(0, LIMITS.alertDelayMinutes).default(0).describe('breached for so long, then firing'),
  keepFiringForMinutes: minutes(0, LIMITS.alertDelayMinutes)
    .default(0)
    .describe('well for so long, then resolved'),
  repeatMinutes: minutes(1, LIMITS.alertDelayMinutes).default(240),
  noData: z.enum(['ok', 'alert', 'keep'], 'must be "ok", "alert" or "keep"').default('ok'),
  channels: z
    .array(z.string().max(LIMITS.nameLength))
    .max(LIMITS.alertChannels, `must be at most ${LIMITS.alertChannels}`)
    .default(['os', 'inApp']),
  messageTemplate: z
    .string()
    .max(LIMITS.noteLength)
    .default('')
    .describe(
      "fields in braces, such as {rule}, {labels}, {value}, {threshold}; '': the console's own words",
    ),
  quietHours: quietHoursSchema.nullable().default(null).describe('in-app only meanwhile'),
}

export const alertRuleSchema = z.object({
  id: z.string(),
  ...fields,
  createdAt: z.number().describe('epoch ms'),
  updatedAt: z.number().describe('epoch ms'),
  /** `inactive` unless an instance is further; `error` when it cannot be evaluated. */
  status: z.object({
    state: z.enum(['inactive', 'pending', 'firing', 'recovering']),
    health: z.enum(['ok', 'noData', 'error']),
    error: z.string().nullable(),
    instances: z.int().describe('pending, firing or recovering'),
    leftOut: z.int().describe('breached, and beyond the instances that a rule may have'),
    evaluatedAt: z.number().nullable().describe('epoch ms'),
  }),
})
export type AlertRule = z.output<typeof alertRuleSchema>

export const newAlertRuleSchema = z.object(fields)
export type NewAlertRule = z.output<typeof newAlertRuleSchema>

const idSchema = z.object({ id: z.string().max(LIMITS.nameLength) })

/** The course of a rule's first condition over the last day, and when it would have fired. */
const previewSchema = z.object({
  bucketMs: z.int(),
  threshold: z.number().nullable().describe('null: it is compared with an earlier window'),
  series: z.array(
    z.object({
      labels: z.record(z.string(), z.string()),
      points: z.array(z.object({ t: z.number(), value: z.number().nullable() })),
    }),
  ),
  firings: z.array(
    z.object({ labels: z.record(z.string(), z.string()), from: z.number(), to: z.number().nullable() }),
  ),
})
export type AlertPreview = z.output<typeof previewSchema>

/** What became of a test notification, by channel. */
const testResultSchema = z.object({
  results: z.array(
    z.object({
      channelId: z.string(),
      status: z.enum(['sent', 'failed', 'suppressed']),
      reason: z.string().nullable(),
      lastStatus: z.int().nullable().describe('the last HTTP or SMTP answer'),
    }),
  ),
})
export type AlertTestResult = z.output<typeof testResultSchema>

/** How often rules are checked, and what the engine could not do in time. */
const engineStatusSchema = z.object({
  intervalMs: z.int(),
  lastSlot: z.number().nullable().describe('epoch ms'),
  lastDurationMs: z.number().nullable(),
  skippedSlots: z.int().describe('since the console started: asleep, or late'),
  isHeld: z.boolean().describe('the clock went back: waiting until it is where it was'),
})
export type AlertEngineStatus = z.output<typeof engineStatusSchema>

const tags = ['Alerts']
const conflict = { CONFLICT: { status: 409, message: 'It is in conflict with what is there.' } }
const page = {
  limit: z.coerce.number().int().min(1).max(LIMITS.pageSize).default(100),
  cursor: z.string().max(LIMITS.nameLength).optional(),
}

/** As `fields`, but what is absent stays as it is. */
const changes = {
  name: fields.name.optional(),
  description: fields.description.unwrap().optional(),
  severity: severitySchema.optional(),
  isEnabled: z.boolean().optional(),
  match: fields.match.unwrap().optional(),
  conditions: fields.conditions.optional(),
  filter: filterSchema.optional(),
  splitBy: fields.splitBy.unwrap().optional(),
  minSamples: fields.minSamples.unwrap().optional(),
  forMinutes: fields.forMinutes.unwrap().optional(),
  keepFiringForMinutes: fields.keepFiringForMinutes.unwrap().optional(),
  repeatMinutes: fields.repeatMinutes.unwrap().optional(),
  noData: fields.noData.unwrap().optional(),
  channels: fields.channels.unwrap().optional(),
  messageTemplate: fields.messageTemplate.unwrap().optional(),
  quietHours: quietHoursSchema.nullable().optional(),
}

export const alertRulesContract = {
  list: oc
    .route({ method: 'GET', path: '/v1/alerts/rules', tags, summary: 'Rules, by name' })
    .input(z.object({ isEnabled: z.stringbool().optional(), ...page }))
    .output(z.object({ items: z.array(alertRuleSchema), nextCursor: z.string().nullable() })),
  get: oc
    .route({ method: 'GET', path: '/v1/alerts/rules/{id}', tags })
    .input(idSchema)
    .output(alertRuleSchema),
  create: oc
    .route({ method: 'POST', path: '/v1/alerts/rules', successStatus: 201, tags, summary: 'Adds a rule' })
    .errors(conflict)
    .input(newAlertRuleSchema)
    .output(alertRuleSchema),
  update: oc
    .route({ method: 'PUT', path: '/v1/alerts/rules/{id}', tags, summary: 'Changes what is given' })
    .errors(conflict)
    .input(z.object({ ...idSchema.shape, ...changes }))
    .output(alertRuleSchema),
  remove: oc
    .route({
      method: 'DELETE',
      path: '/v1/alerts/rules/{id}',
      successStatus: 204,
      tags,
      summary: 'Removes a rule; its records stay, those that fire are resolved',
    })
    .input(idSchema)
    .output(z.void()),
  /** Takes back the removal of a rule that was removed lately. For the window. */
  restore: oc.errors(conflict).input(idSchema).output(alertRuleSchema),
  enable: oc
    .route({ method: 'POST', path: '/v1/alerts/rules/{id}/enable', tags })
    .input(idSchema)
    .output(alertRuleSchema),
  disable: oc
    .route({ method: 'POST', path: '/v1/alerts/rules/{id}/disable', tags })
    .input(idSchema)
    .output(alertRuleSchema),
  test: oc
    .route({
      method: 'POST',
      path: '/v1/alerts/rules/{id}/test',
      tags,
      summary: "Sends a marked notification through each of the rule's channels",
    })
    .input(idSchema)
    .output(testResultSchema),
  exportAll: oc
    .route({
      method: 'GET',
      path: '/v1/alerts/rules/export',
      tags,
      summary: 'All rules, to be imported elsewhere',
    })
    .output(z.object({ version: z.literal(1), rules: z.array(newAlertRuleSchema) })),
  importAll: oc
    .route({
      method: 'POST',
      path: '/v1/alerts/rules/import',
      tags,
      summary: 'Adds rules; one that is there word for word is left out',
    })
    .errors(conflict)
    .input(z.object({ version: z.literal(1), rules: z.array(newAlertRuleSchema).max(LIMITS.alertRules) }))
    .output(z.object({ created: z.int(), skipped: z.int() })),
  /** What a rule would have done over the last day. For the window, while a rule is edited. */
  preview: oc.input(newAlertRuleSchema).output(previewSchema),
  engine: oc
    .route({ method: 'GET', path: '/v1/alerts/engine', tags, summary: 'How the checks go' })
    .output(engineStatusSchema),
  /** Records or rules changed: for the window. */
  events: oc.output(
    eventIterator(
      z.object({ type: z.literal('alerts'), unread: z.int(), firing: z.int(), isSoundOn: z.boolean() }),
    ),
  ),
}

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

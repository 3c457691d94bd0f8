import { oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'
import { callQueryFields } from './call-query.ts'
import { feedbackSchema } from './feedback.ts'
import { instantSchema } from './instant.ts'
import { pageSizeSchema } from './page-size.ts'

const name = z
  .string('must be text')
  .max(LIMITS.nameLength, `must be at most ${LIMITS.nameLength} characters`)
const count = z
  .int('must be an integer >= 0')
  .min(0, 'must be an integer >= 0')
  .max(LIMITS.tokens, `must be at most ${LIMITS.tokens}`)
const durationMs = z
  .number('must be a number >= 0')
  .min(0, 'must be a number >= 0')
  .max(LIMITS.durationMs, `must be at most ${LIMITS.durationMs} ms`)
const hexId = z
  .string('must be text')
  .regex(/^[0-9a-fA-F]{1,64}$/, 'must be hexadecimal digits')
  .transform((id) => id.toLowerCase())

/** What a dev app sends to `POST /v1/app-logs`, one object a call. Unknown fields are ignored and counted. */
export const appLogInputSchema = z.object(
  {
    /** The caller's id of the call; the same id twice is the same call. Absent: one is made. */
    requestId: name.min(1, 'must not be empty').optional(),
    app: name.min(1, 'must not be empty'),
    appType: name.optional(),
    environment: name.optional(),
    userId: name.optional(),
    sessionId: name.optional(),
    /** As in OpenTelemetry: `chat`, `embeddings`, `execute_tool`, … */
    operation: name.optional(),
    provider: name.optional(),
    /** The model that answered. */
    model: name.optional(),
    /** The model that was asked for. */
    requestModel: name.optional(),
    /** Absent: `error` if an error field is set, else `ok`. */
    status: z.enum(['ok', 'error'], 'must be "ok" or "error"').optional(),
    errorType: name.optional(),
    errorMessage: z.string('must be text').optional(),
    /** Absent: the time of arrival. */
    startedAt: instantSchema.optional(),
    durationMs: durationMs.optional(),
    ttftMs: durationMs.optional(),
    /** Includes cached and cache-write tokens. */
    inputTokens: count.optional(),
    /** Includes reasoning tokens. */
    outputTokens: count.optional(),
    cachedInputTokens: count.optional(),
    cacheWriteTokens: count.optional(),
    reasoningTokens: count.optional(),
    totalTokens: count.optional(),
    /** Only when the caller knows better than our prices; kept as reported. */
    cost: z
      .object(
        {
          amount: z
            .number('must be a number >= 0')
            .min(0, 'must be a number >= 0')
            .max(LIMITS.reportedCost, `must be at most ${LIMITS.reportedCost}`),
          currency: z.string('must be text').regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as USD'),
        },
        'must be an object with amount and currency',
      )
      .optional(),
    /** Text, or any JSON, which is kept as JSON. */
    prompt: z.unknown().optional(),
    response: z.unknown().optional(),
    tags: z
      .array(name, 'must be an array of text')
      .max(LIMITS.tagsPerCall, `must have at most ${LIMITS.tagsPerCall} items`)
      .optional(),
    attributes: z
      .record(z.string(), z.unknown(), 'must be an object')
      .refine((attributes) => Object.keys(attributes).length <= LIMITS.attributesPerCall, {
        error: `must have at most ${LIMITS.attributesPerCall} keys`,
      })
      .optional(),
    traceId: hexId.optional(),
    spanId: hexId.optional(),
    parentSpanId: hexId.optional(),
  },
  'must be an object',
)

/** A native call as an app writes it. */
export type AppLogInput = z.input<typeof appLogInputSchema>
/** A native call after its schema has read it: times are epoch ms, hexadecimal ids in lower case. */
export type ParsedAppLog = z.output<typeof appLogInputSchema>

/** The answer of `POST /v1/app-logs`; ids stand in the order of the accepted and duplicate records. */
export const ingestAnswerSchema = z.object({
  accepted: z.int(),
  duplicates: z.int(),
  rejected: z.int(),
  ids: z.array(z.string()),
  errors: z.array(z.object({ index: z.int(), path: z.string(), reason: z.string() })),
})
export type IngestAnswer = z.infer<typeof ingestAnswerSchema>

const statusSchema = z.enum(['ok', 'error'])

/** A call without its bodies: what a list shows. */
export const appLogItemSchema = z.object({
  id: z.int(),
  requestId: z.string(),
  source: z.enum(['native', 'otlp', 'proxy']),
  app: z.string(),
  appType: z.string().nullable(),
  environment: z.string().nullable(),
  userId: z.string().nullable(),
  sessionId: z.string().nullable(),
  provider: z.string().nullable(),
  requestModel: z.string().nullable(),
  model: z.string().nullable(),
  operation: z.string().nullable(),
  status: statusSchema,
  errorType: z.string().nullable(),
  startedAt: z.int().describe('epoch ms'),
  durationMs: z.number().nullable(),
  ttftMs: z.number().nullable(),
  inputTokens: z.int().nullable(),
  outputTokens: z.int().nullable(),
  totalTokens: z.int().nullable(),
  usageSource: z
    .enum(['reported', 'estimated'])
    .nullable()
    .describe('whether the caller counted the tokens, or the console at least some of them'),
  costNanos: z.int().nullable().describe('1e-9 of the base currency; null: unpriced'),
  costSource: z.enum(['reported', 'computed']).nullable(),
})
export type AppLogItem = z.infer<typeof appLogItemSchema>

/** A call or a step in its trace. */
const traceItemSchema = appLogItemSchema.extend({
  name: z.string().nullable().describe('name of the span'),
  isStep: z.boolean().describe('not counted as a call'),
  spanId: z.string().nullable(),
  parentSpanId: z.string().nullable(),
})
export type TraceItem = z.infer<typeof traceItemSchema>

/** How a call's cost comes about: tokens of each kind, times their price. */
const costBreakdownSchema = z.object({
  costConfigId: z.string(),
  source: z.enum(['user', 'catalogue']).describe('whose price it is'),
  validFrom: z.int().nullable().describe('epoch ms; null: it holds for all time'),
  currency: z.string().describe('of the price'),
  exchangeRate: z.number().describe('units of the base currency for one of it'),
  parts: z.array(
    z.object({
      part: z
        .enum(['input', 'cachedInput', 'cacheWrite', 'output', 'reasoning'])
        .describe('every token is in one of them: input is without cached ones, output without reasoning'),
      tokens: z.int(),
      perMillion: z.number().describe('in the currency of the price'),
      costNanos: z.number().describe('1e-9 of the base currency, not rounded'),
    }),
  ),
  costNanos: z.number().describe('their sum, 1e-9 of the base currency'),
})
export type CostBreakdown = z.output<typeof costBreakdownSchema>

/** A whole call. */
export const appLogSchema = appLogItemSchema.extend({
  cachedInputTokens: z.int().nullable(),
  cacheWriteTokens: z.int().nullable(),
  reasoningTokens: z.int().nullable(),
  costConfigId: z.string().nullable().describe('of the price that the cost was computed by'),
  reportedCost: z.object({ amount: z.number(), currency: z.string() }).nullable(),
  computedCostNanos: z
    .number()
    .nullable()
    .describe("what today's prices give for it, also where the cost was reported; null: they cannot say"),
  costBreakdown: costBreakdownSchema
    .nullable()
    .describe(
      'by the price that it was priced by, else by the one of today; its sum is another than costNanos where that price has changed since, or the cost was reported',
    ),
  traceId: z.string().nullable(),
  spanId: z.string().nullable(),
  parentSpanId: z.string().nullable(),
  name: z.string().nullable().describe('name of the span'),
  isStep: z.boolean().describe('not counted as a call'),
  arrivedAt: z.int().describe('epoch ms'),
  reportedStartedAt: z
    .int()
    .nullable()
    .describe('epoch ms; the start the caller gave, when it was not believed'),
  flags: z.array(z.string()).describe('what had to be put right'),
  errorMessage: z.string().nullable(),
  tags: z.array(z.string()),
  attributes: z.record(z.string(), z.unknown()),
  prompt: z.unknown(),
  response: z.unknown(),
  promptLength: z.int().nullable().describe('length before it was cut'),
  responseLength: z.int().nullable().describe('length before it was cut'),
  /** The calls and steps of its trace, itself included, by their start. */
  trace: z.array(traceItemSchema),
  /** Newest first, as many as a page holds. */
  feedback: z.array(feedbackSchema),
})
export type AppLog = z.infer<typeof appLogSchema>

/** Which calls are meant; a field that is absent narrows nothing down. */
export const callFilterSchema = z.object({
  from: instantSchema.optional(),
  to: instantSchema.optional(),
  ...callQueryFields,
})
export type CallFilter = z.output<typeof callFilterSchema>

const neighboursSchema = z.object({
  previous: appLogItemSchema.nullable(),
  next: appLogItemSchema.nullable(),
  isWhole: z
    .boolean()
    .describe('false: the one that is null may still be there, further away than was looked'),
})
export type Neighbours = z.output<typeof neighboursSchema>

const callSortSchema = z.enum(['duration', 'cost', 'tokens'], 'must be "duration", "cost" or "tokens"')
/** What a list of calls can be sorted by, besides their start. */
export type CallSort = z.output<typeof callSortSchema>

const sortedSchema = z.object({
  among: z
    .enum(['all', 'newest', 'greatest'])
    .describe(
      'all: every call that is asked for was put in order; newest: only those that started since lookedThroughTo; greatest: these are the first of all, and the order of the others is not known',
    ),
  count: z.int().describe('how many calls were put in order'),
})
/** What calls were put in order. */
export type SortedCalls = z.output<typeof sortedSchema>

export const appLogsContract = {
  list: oc
    .route({
      method: 'GET',
      path: '/v1/app-logs',
      tags: ['Calls'],
      summary:
        'Calls, newest first, without bodies; a page may hold fewer than asked for and still have a next one',
    })
    .input(
      callFilterSchema.extend({
        sort: callSortSchema.optional().describe('calls that do not tell it come last'),
        order: z
          .enum(['desc', 'asc'], 'must be "desc" or "asc"')
          .optional()
          .describe('of sort; without one: desc'),
        limit: pageSizeSchema,
        cursor: z.string().max(LIMITS.nameLength).optional(),
      }),
    )
    .output(
      z.object({
        items: z.array(appLogItemSchema),
        nextCursor: z.string().nullable(),
        lookedThroughTo: z
          .int()
          .nullable()
          .describe('epoch ms: calls that started before it were not looked at yet; null: all were'),
        sorted: sortedSchema.optional().describe('only with sort'),
      }),
    ),
  get: oc
    .route({ method: 'GET', path: '/v1/app-logs/{requestId}', tags: ['Calls'], summary: 'One whole call' })
    .input(z.object({ requestId: z.string().max(LIMITS.nameLength) }))
    .output(appLogSchema),
  neighbours: oc
    .route({
      method: 'GET',
      path: '/v1/app-logs/{requestId}/neighbours',
      tags: ['Calls'],
      summary:
        'The calls before and after it in its session, as far as they can be found without looking at all',
    })
    .input(z.object({ requestId: z.string().max(LIMITS.nameLength) }))
    .output(neighboursSchema),
  remove: oc
    .route({
      method: 'DELETE',
      path: '/v1/app-logs/{requestId}',
      successStatus: 204,
      tags: ['Calls'],
      summary: 'Deletes a call with its bodies, overwrites them, and takes it out of the statistics',
    })
    .input(z.object({ requestId: z.string().max(LIMITS.nameLength) }))
    .output(z.void()),
}

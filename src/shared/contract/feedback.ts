import { oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'
import { instantSchema } from './instant.ts'
import { pageSizeSchema } from './page-size.ts'

export const name = z
  .string('must be text')
  .max(LIMITS.nameLength, `must be at most ${LIMITS.nameLength} characters`)
const RATING = 'must be an integer from 1 to 5'
const rating = z.int(RATING).min(1, RATING).max(5, RATING)
/** Items are looked at only if they are not too many. */
export const tagsSchema = z
  .array(z.unknown(), 'must be an array of text')
  .max(LIMITS.tagsPerCall, `must have at most ${LIMITS.tagsPerCall} items`)
  .pipe(z.array(name))

const typeSchema = z.enum(
  ['quality', 'accuracy', 'latency', 'safety', 'other'],
  'must be "quality", "accuracy", "latency", "safety" or "other"',
)
const sourceSchema = z.enum(
  ['end-user', 'reviewer', 'program'],
  'must be "end-user", "reviewer" or "program"',
)
export const stateSchema = z.enum(['open', 'resolved'], 'must be "open" or "resolved"')

/** What a dev app sends to `POST /v1/feedback`. Unknown fields are ignored. */
export const feedbackInputSchema = z.object(
  {
    /** The caller's id of the feedback; the same id twice is the same feedback. Absent: one is made. */
    id: name.min(1, 'must not be empty').optional(),
    /** Of the call it is about, which may come later. */
    requestId: name.min(1, 'must not be empty'),
    /** 5 is best. */
    rating,
    comment: z
      .string('must be text')
      .max(LIMITS.commentLength, `must be at most ${LIMITS.commentLength} characters`)
      .optional(),
    type: typeSchema.optional(),
    tags: tagsSchema.optional(),
    /** Who judges. */
    userId: name.optional(),
    source: sourceSchema.optional(),
  },
  'must be an object',
)

/** Feedback as an app writes it. */
export type FeedbackInput = z.input<typeof feedbackInputSchema>
/** Feedback after its schema has read it. */
export type ParsedFeedback = z.output<typeof feedbackInputSchema>

/** A person's or a program's judgement of one call. */
export const feedbackSchema = z.object({
  id: z.string(),
  requestId: z.string(),
  logId: z.int().nullable().describe('id of its call; null: the call has not come yet, or was deleted'),
  rating: z.int().describe('1–5, 5 is best'),
  comment: z.string().nullable(),
  type: typeSchema.nullable(),
  tags: z.array(z.string()),
  userId: z.string().nullable().describe('who judged'),
  source: sourceSchema.nullable(),
  createdAt: z.int().describe('epoch ms; when it came'),
  state: stateSchema,
  resolvedAt: z.int().nullable().describe('epoch ms'),
  note: z.string().nullable().describe('of whoever works on it'),
  assignee: z.string().nullable().describe('name of the reviewer whose task it is'),
  isOwn: z.boolean().describe('written by hand in this console: only this can be changed or deleted'),
  call: z
    .object({
      app: z.string(),
      appType: z.string().nullable(),
      provider: z.string().nullable(),
      model: z.string().nullable().describe('the one that answered, else the one asked for'),
      environment: z.string().nullable(),
      errorType: z.string().nullable(),
      userId: z.string().nullable().describe('who made the call'),
      startedAt: z.int().describe('epoch ms'),
    })
    .nullable()
    .describe('null: the call has not come yet. Stays when the call is deleted'),
})
export type Feedback = z.infer<typeof feedbackSchema>

export const feedbackStatsSchema = z.object({
  count: z.int(),
  average: z.number().nullable().describe('mean rating; null without any'),
  distribution: z
    .object({ 1: z.int(), 2: z.int(), 3: z.int(), 4: z.int(), 5: z.int() })
    .describe('how many by rating'),
  resolved: z.int(),
  resolveRate: z.number().nullable().describe('0–1; null without feedback'),
})
export type FeedbackStats = z.infer<typeof feedbackStatsSchema>

export const feedbackIdSchema = z.object({ id: z.string().max(LIMITS.nameLength) })
const idSchema = feedbackIdSchema

export const noteSchema = z
  .string('must be text')
  .max(LIMITS.noteLength, `must be at most ${LIMITS.noteLength} characters`)

const range = { from: instantSchema.optional(), to: instantSchema.optional() }
export const isRange = ({ from, to }: { from?: number | undefined; to?: number | undefined }) =>
  from === undefined || to === undefined || from < to
export const LATER = { error: 'must be later than from', path: ['to'] }

const none = z.literal('').describe('those that have none')

/** What feedback can be narrowed down by, all of which must match. */
export const feedbackFilterFields = {
  requestId: name.optional(),
  logId: z.int('must be an integer').optional(),
  userId: name.optional().describe('who judged'),
  ...range,
  minRating: rating.optional(),
  maxRating: rating.optional(),
  type: z.union([typeSchema, none]).optional(),
  source: z.union([sourceSchema, none]).optional(),
  app: name.optional(),
  model: name.optional(),
  tag: name.optional(),
  assignee: name.optional().describe('empty: those of nobody'),
  q: z
    .string('must be text')
    .max(LIMITS.searchLength, `must be at most ${LIMITS.searchLength} characters`)
    .optional()
    .describe('a part of the comment or the note, taken literally; A–Z and a–z are alike'),
}

const tags = ['Feedback']

export const feedbackContract = {
  list: oc
    .route({
      method: 'GET',
      path: '/v1/feedback',
      tags,
      summary:
        'Feedback by when it came, newest first; a page may hold fewer than asked for and still have a next one',
    })
    .input(
      z
        .object({
          ...feedbackFilterFields,
          state: stateSchema.optional(),
          order: z
            .enum(['newest', 'openFirst'], 'must be "newest" or "openFirst"')
            .optional()
            .describe('openFirst: what is open stands before what is resolved'),
          limit: pageSizeSchema,
          cursor: z.string().max(LIMITS.nameLength).optional(),
        })
        .refine(isRange, LATER),
    )
    .output(z.object({ items: z.array(feedbackSchema), nextCursor: z.string().nullable() })),
  stats: oc
    .route({
      method: 'GET',
      path: '/v1/feedback/stats',
      tags,
      summary:
        'Ratings in figures. Feedback counts at the start of its call, as in monitoring; before its call has come, at its own time, and only without app and model',
    })
    .input(z.object({ ...range, app: name.optional(), model: name.optional() }).refine(isRange, LATER))
    .output(feedbackStatsSchema),
  get: oc.route({ method: 'GET', path: '/v1/feedback/{id}', tags }).input(idSchema).output(feedbackSchema),
  resolve: oc
    .route({
      method: 'POST',
      path: '/v1/feedback/{id}/resolve',
      tags,
      summary: 'Marks feedback as dealt with; once more, it changes the note',
    })
    .input(
      z.object({
        ...idSchema.shape,
        note: noteSchema.optional(),
      }),
    )
    .output(feedbackSchema),
  reopen: oc
    .route({
      method: 'POST',
      path: '/v1/feedback/{id}/reopen',
      tags,
      summary: 'Opens resolved feedback again; its note stays',
    })
    .input(idSchema)
    .output(feedbackSchema),
}

import { oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'
import {
  feedbackFilterFields,
  feedbackIdSchema,
  feedbackInputSchema,
  feedbackSchema,
  feedbackStatsSchema,
  isRange,
  LATER,
  name,
  noteSchema,
  stateSchema,
  tagsSchema,
} from './feedback.ts'
import { timeZoneSchema } from './monitoring.ts'

/** Which feedback statistics are about; it counts when it came, as it stands in the list. */
const analysedSchema = z.object({
  ...feedbackFilterFields,
  from: feedbackFilterFields.from.unwrap(),
  to: feedbackFilterFields.to.unwrap(),
})

/** What feedback can be compared by. */
export const feedbackBySchema = z.enum(['app', 'model', 'type', 'tag', 'source', 'assignee', 'user'])
export type FeedbackBy = z.infer<typeof feedbackBySchema>

const groupSchema = feedbackStatsSchema.extend({
  key: z.string().nullable().describe('the value; null: feedback that has none'),
})
export type FeedbackGroup = z.infer<typeof groupSchema>

const groupsSchema = z.array(groupSchema).describe('most feedback first')

export const feedbackAnalysisSchema = z.object({
  isPartial: z.boolean().describe(`whether there is more than the ${LIMITS.feedbackAnalysed} looked through`),
  stats: feedbackStatsSchema,
  bucketMs: z.int().describe('width of a bucket; a day with a change of clocks has 23 or 25 hours'),
  trend: z.array(feedbackStatsSchema.extend({ t: z.int().describe('start of the bucket, epoch ms') })),
  by: z.object({
    app: groupsSchema,
    model: groupsSchema,
    type: groupsSchema,
    tag: groupsSchema.describe('most feedback first; one of several tags counts at each'),
    source: groupsSchema,
    assignee: groupsSchema,
    user: groupsSchema,
  }),
})
export type FeedbackAnalysis = z.infer<typeof feedbackAnalysisSchema>

export const commentWordsSchema = z.object({
  comments: z.int().describe('how many were read'),
  isPartial: z.boolean().describe('whether there are more than were read'),
  words: z.array(
    z.object({
      word: z.string().describe('A–Z in small letters'),
      count: z.int().describe('in how many comments it is'),
      average: z.number().describe('mean rating of these'),
    }),
  ),
})
export type CommentWords = z.infer<typeof commentWordsSchema>

const reviewerName = name.refine((text) => text.trim() !== '', 'must not be empty')

/** The same change of much feedback. */
const triageSchema = z
  .object({
    // Items are looked at only if they are not too many.
    ids: z
      .array(z.unknown(), 'must be an array of ids')
      .min(1, 'must have an item')
      .max(LIMITS.feedbackPerChange)
      .pipe(z.array(feedbackIdSchema.shape.id)),
    state: stateSchema.optional(),
    note: noteSchema.optional(),
    addTags: tagsSchema.optional(),
    removeTags: tagsSchema.optional(),
    assignee: reviewerName.nullable().optional().describe('null: nobody'),
  })
  .refine(({ ids: _ids, ...changes }) => Object.values(changes).some((change) => change !== undefined), {
    error: 'must say what is to be changed',
    path: ['state'],
  })

const triageStateSchema = feedbackSchema.pick({
  id: true,
  state: true,
  resolvedAt: true,
  note: true,
  tags: true,
  assignee: true,
})

/** What feedback is brought back to; what is absent stays as it is. */
const restoredSchema = triageStateSchema.partial({
  state: true,
  resolvedAt: true,
  note: true,
  tags: true,
  assignee: true,
})

/** What a reviewer says of a call by hand. */
const ownFields = feedbackInputSchema.pick({
  rating: true,
  comment: true,
  type: true,
  tags: true,
  userId: true,
})

const tags = ['Feedback']

export const feedbackReviewContract = {
  analysis: oc
    .route({
      method: 'GET',
      path: '/v1/feedback/analysis',
      tags,
      summary: 'Ratings in figures, over time and by what they are about. Feedback counts when it came',
    })
    .input(analysedSchema.extend({ timeZone: timeZoneSchema }).refine(isRange, LATER))
    .output(feedbackAnalysisSchema),
  words: oc
    .route({
      method: 'GET',
      path: '/v1/feedback/words',
      tags,
      summary: 'Words of the newest comments, Chinese and others, without those that say nothing',
    })
    .input(analysedSchema.refine(isRange, LATER))
    .output(commentWordsSchema),
  reviewers: oc
    .route({
      method: 'GET',
      path: '/v1/feedback/reviewers',
      tags,
      summary: 'Names that feedback was assigned to, or was written under, the last used first',
    })
    .output(z.object({ names: z.array(z.string()) })),
  triage: oc
    .route({
      method: 'POST',
      path: '/v1/feedback/triage',
      tags,
      summary: 'Resolves, opens, tags, notes or assigns much feedback at once',
    })
    .input(triageSchema)
    .output(
      z.object({
        changed: z.int(),
        notFound: z.array(z.string()),
        tooManyTags: z
          .array(z.string())
          .describe(`those that would have more than ${LIMITS.tagsPerCall} tags; they are as they were`),
        before: z.array(triageStateSchema).describe('what it was like before, to take it back'),
      }),
    ),
  /** Takes a triage back. */
  restore: oc
    .input(z.object({ items: z.array(restoredSchema).max(LIMITS.feedbackPerChange) }))
    .output(z.void()),
  /** Feedback of a reviewer, written by hand in the window. */
  give: oc
    .input(ownFields.extend(feedbackInputSchema.pick({ id: true, requestId: true }).shape))
    .output(feedbackSchema),
  update: oc
    .route({
      method: 'PUT',
      path: '/v1/feedback/{id}',
      tags,
      summary: 'Says anew what was written by hand in the console',
    })
    .input(ownFields.extend(feedbackIdSchema.shape))
    .output(feedbackSchema),
  remove: oc
    .route({
      method: 'DELETE',
      path: '/v1/feedback/{id}',
      tags,
      successStatus: 204,
      summary: 'Deletes what was written by hand in the console; what apps sent stays',
    })
    .input(feedbackIdSchema)
    .output(z.void()),
}

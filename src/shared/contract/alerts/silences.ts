import { oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../../limits.ts'
import { instantSchema } from '../instant.ts'
import { severitySchema } from './rules.ts'

const value = z.string().max(LIMITS.nameLength).optional()

/** All that are given must match; none at all match everything. */
const matchersSchema = z.object({
  ruleId: value,
  app: value,
  model: value,
  userId: value,
  severity: severitySchema.optional(),
})

export const silenceSchema = z.object({
  id: z.string(),
  matchers: matchersSchema,
  startsAt: z.number().describe('epoch ms'),
  endsAt: z.number().describe('epoch ms'),
  reason: z.string(),
  state: z.enum(['scheduled', 'active', 'ended']),
})
export type Silence = z.output<typeof silenceSchema>

export const newSilenceSchema = z
  .object({
    matchers: matchersSchema.default({}),
    startsAt: instantSchema.optional().describe('now, if it is not given'),
    endsAt: instantSchema,
    reason: z.string().max(LIMITS.noteLength).default(''),
  })
  .refine(({ startsAt, endsAt }) => startsAt === undefined || startsAt < endsAt, {
    error: 'must be later than startsAt',
    path: ['endsAt'],
  })
export type NewSilence = z.output<typeof newSilenceSchema>

const tags = ['Alerts']

export const silencesContract = {
  list: oc
    .route({
      method: 'GET',
      path: '/v1/alerts/silences',
      tags,
      summary: 'Silences, those that end last first',
    })
    .input(
      z.object({
        limit: z.coerce.number().int().min(1).max(LIMITS.pageSize).default(100),
        cursor: z.string().max(LIMITS.nameLength).optional(),
      }),
    )
    .output(z.object({ items: z.array(silenceSchema), nextCursor: z.string().nullable() })),
  create: oc
    .route({
      method: 'POST',
      path: '/v1/alerts/silences',
      successStatus: 201,
      tags,
      summary: 'Mutes notifications; rules are checked all the same',
    })
    .errors({ CONFLICT: { status: 409, message: 'There are too many silences.' } })
    .input(newSilenceSchema)
    .output(silenceSchema),
  remove: oc
    .route({
      method: 'DELETE',
      path: '/v1/alerts/silences/{id}',
      successStatus: 204,
      tags,
      summary: 'Ends a silence at once',
    })
    .input(z.object({ id: z.string().max(LIMITS.nameLength) }))
    .output(z.void()),
}

import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'
import { currencySchema } from './currency.ts'
import { instantSchema } from './instant.ts'

const price = z.number().min(0).max(LIMITS.pricePerMillion)

const rates = {
  inputPerMillion: price,
  outputPerMillion: price,
  /** Null: as other input. */
  cachedInputPerMillion: price.nullable().default(null),
  cacheWritePerMillion: price.nullable().default(null),
  /** Null: as other output. */
  reasoningPerMillion: price.nullable().default(null),
}

const tierSchema = z.object({
  aboveInputTokens: z.int().min(1).max(LIMITS.tokens),
  ...rates,
})

const fields = {
  provider: z.string().max(LIMITS.nameLength).default('').describe("'' is any"),
  model: z.string().min(1).max(LIMITS.nameLength),
  match: z.enum(['exact', 'prefix'], 'must be "exact" or "prefix"').default('exact'),
  ...rates,
  tiers: z
    .array(tierSchema)
    .max(LIMITS.priceTiers, `must be at most ${LIMITS.priceTiers} tiers`)
    .refine(
      (tiers) =>
        tiers.every((tier, index) => tier.aboveInputTokens > (tiers[index - 1]?.aboveInputTokens ?? 0)),
      'must ascend by aboveInputTokens',
    )
    .default([])
    .describe('prices of the whole request, once its input is longer'),
  currency: currencySchema.default('USD'),
  validFrom: instantSchema.default(0).describe('calls that started before are priced otherwise'),
  notes: z.string().max(LIMITS.noteLength).default(''),
}

/** One model's price per million tokens, in units of its currency. */
export const costConfigSchema = z.object({
  id: z.string(),
  provider: z.string(),
  model: z.string(),
  match: z.enum(['exact', 'prefix', 'pattern']).describe('pattern: of the catalogue, not to be chosen'),
  inputPerMillion: z.number(),
  outputPerMillion: z.number(),
  cachedInputPerMillion: z.number().nullable(),
  cacheWritePerMillion: z.number().nullable(),
  reasoningPerMillion: z.number().nullable(),
  tiers: z.array(z.object(tierSchema.shape)),
  currency: z.string(),
  validFrom: z.number().describe('epoch ms'),
  validUntil: z
    .number()
    .nullable()
    .describe(
      'epoch ms, when a later one of the same provider, model and match takes over; null: it does not',
    ),
  isEnabled: z.boolean(),
  source: z.enum(['user', 'catalogue']),
  notes: z.string(),
  sourceUrl: z.string().nullable().describe('where the price is published'),
  sourceDate: z.string().nullable().describe('ISO date: when it was read there, at the latest'),
  hasPricedCalls: z.boolean().describe('whether calls were priced by it'),
})
export type CostConfig = z.output<typeof costConfigSchema>

export const newCostConfigSchema = z.object({ ...fields, isEnabled: z.boolean().default(true) })
export type NewCostConfig = z.output<typeof newCostConfigSchema>

const optional = <Shape extends Record<string, z.ZodType>>(shape: Shape) =>
  Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => [
      name,
      (schema instanceof z.ZodDefault ? (schema.unwrap() as z.ZodType) : schema).optional(),
    ]),
  ) as {
    [K in keyof Shape]: z.ZodOptional<
      Shape[K] extends z.ZodDefault<infer Inner extends z.ZodType> ? Inner : Shape[K]
    >
  }

const idSchema = z.object({ id: z.string().max(LIMITS.costConfigIdLength) })

const recalculateSchema = z
  .object({ from: instantSchema, to: instantSchema, dryRun: z.boolean().default(false) })
  .refine((range) => range.from < range.to, { error: 'must be later than from', path: ['to'] })

const recalculatedSchema = z.object({
  calls: z.int().describe('in the range'),
  changed: z.int().describe('whose cost is another than before'),
  beforeNanos: z.number(),
  afterNanos: z.number(),
  models: z
    .array(
      z.object({
        model: z.string().nullable(),
        calls: z.int(),
        changed: z.int(),
        beforeNanos: z.number(),
        afterNanos: z.number(),
      }),
    )
    .describe('the same by model, most changed first'),
})
export type Recalculated = z.infer<typeof recalculatedSchema>

const recalculationProgressSchema = z.object({
  done: z.int().describe('calls looked at'),
  total: z.int(),
  changed: z.int(),
})
export type RecalculationProgress = z.infer<typeof recalculationProgressSchema>

const unpricedModelSchema = z.object({
  model: z.string().nullable(),
  provider: z.string().nullable(),
  calls: z.int().describe('without a cost'),
  reason: z
    .enum(['no-price', 'has-price', 'no-model'])
    .describe('has-price: they came before it, or do not say what they used'),
})
export type UnpricedModel = z.infer<typeof unpricedModelSchema>

const tags = ['Costs']
const conflict = { CONFLICT: { status: 409, message: 'It is in conflict with what is there.' } }

export const costConfigsContract = {
  list: oc
    .route({
      method: 'GET',
      path: '/v1/model-cost-configs',
      tags,
      summary: "Prices: the user's own first, then the catalogue",
    })
    .input(
      z.object({
        source: z.enum(['user', 'catalogue']).optional(),
        provider: z.string().max(LIMITS.nameLength).optional(),
        q: z.string().max(LIMITS.searchLength).optional().describe('a part of provider or model'),
        limit: z.coerce.number().int().min(1).max(LIMITS.pageSize).default(100),
        cursor: z.string().max(LIMITS.nameLength).optional(),
      }),
    )
    .output(
      z.object({
        items: z.array(costConfigSchema),
        nextCursor: z.string().nullable(),
        catalogueDate: z.string().describe('ISO date: the catalogue knows no later prices'),
      }),
    ),
  get: oc
    .route({ method: 'GET', path: '/v1/model-cost-configs/{id}', tags })
    .input(idSchema)
    .output(costConfigSchema),
  create: oc
    .route({
      method: 'POST',
      path: '/v1/model-cost-configs',
      successStatus: 201,
      tags,
      summary: 'Adds a price',
    })
    .errors(conflict)
    .input(newCostConfigSchema)
    .output(costConfigSchema),
  update: oc
    .route({
      method: 'PUT',
      path: '/v1/model-cost-configs/{id}',
      tags,
      summary: 'Changes what is given; calls keep the cost they have',
    })
    .errors(conflict)
    .input(z.object({ ...idSchema.shape, ...optional(fields), isEnabled: z.boolean().optional() }))
    .output(costConfigSchema),
  remove: oc
    .route({
      method: 'DELETE',
      path: '/v1/model-cost-configs/{id}',
      successStatus: 204,
      tags,
      summary: 'Removes a price; calls that it priced keep their cost',
    })
    .errors(conflict)
    .input(idSchema)
    .output(z.void()),
  /** Takes back the removal of a price that was removed lately. For the window. */
  restore: oc.errors(conflict).input(idSchema).output(costConfigSchema),
  enable: oc
    .route({ method: 'POST', path: '/v1/model-cost-configs/{id}/enable', tags })
    .errors(conflict)
    .input(idSchema)
    .output(costConfigSchema),
  disable: oc
    .route({ method: 'POST', path: '/v1/model-cost-configs/{id}/disable', tags })
    .input(idSchema)
    .output(costConfigSchema),
  recalculate: oc
    .route({
      method: 'POST',
      path: '/v1/model-cost-configs/recalculate',
      tags,
      summary: "Prices the calls of a range anew by today's prices",
    })
    .input(recalculateSchema)
    .output(recalculatedSchema),
  /** Models with calls that have no cost, by provider, and why. For the window. */
  unpriced: oc
    .input(z.object({ from: instantSchema, to: instantSchema }))
    .output(z.object({ rows: z.array(unpricedModelSchema) })),
  /** The same for the window: says how far it is, and at the end what it did. */
  recalculation: oc
    .input(recalculateSchema)
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('progress'), ...recalculationProgressSchema.shape }),
          z.object({ type: z.literal('result'), result: recalculatedSchema }),
        ]),
      ),
    ),
}

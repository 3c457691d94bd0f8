import { oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'
import { timeZoneSchema } from './monitoring.ts'

const label = z.string().min(1).max(LIMITS.nameLength).optional()

const scopeSchema = z
  .strictObject({ app: label, model: label, userId: label }, 'must hold app, model and userId only')
  .describe('the calls that it is about: all that match what is given; without any, every call')

const periodSchema = z.enum(['day', 'week', 'month'], 'must be "day", "week" or "month"')
export type BudgetPeriod = z.infer<typeof periodSchema>

const fields = {
  name: z.string().trim().min(1).max(LIMITS.nameLength),
  scope: scopeSchema,
  period: periodSchema,
  // Costs have nine decimals.
  amount: z.number().min(1e-9, 'must be > 0').max(LIMITS.budgetAmount).describe('units of the base currency'),
  isEnabled: z.boolean().describe('whether alerts watch it'),
}

/** What may be spent on some calls in each day, week or month. */
const budgetSchema = z.object({ id: z.string(), ...fields, name: z.string() })
export type Budget = z.output<typeof budgetSchema>

/** How a budget stands in the period that runs. */
const budgetStatusSchema = z.object({
  periodStart: z.int().describe('epoch ms'),
  periodEnd: z.int().describe('epoch ms; where the next one begins'),
  currency: z.string(),
  spentNanos: z.number().describe('1e-9 of the base currency'),
  remainingNanos: z.number().describe('negative: it was overspent'),
  forecastNanos: z.number().describe('spent at the end of the period, at the present rate'),
  usedPercent: z.number().describe('100: all of it'),
  state: z
    .enum(['ok', 'at-risk', 'exceeded'])
    .describe('exceeded: more was spent; at-risk: more will be, by the forecast'),
  unpricedRequests: z.int().describe('calls of the period without a cost, which are not in what was spent'),
})
export type BudgetStatus = z.output<typeof budgetStatusSchema>

export const budgetWithStatusSchema = budgetSchema.extend({ status: budgetStatusSchema })
export type BudgetWithStatus = z.output<typeof budgetWithStatusSchema>

const newBudgetSchema = z.object({
  ...fields,
  scope: fields.scope.default({}),
  isEnabled: fields.isEnabled.default(true),
})
export type NewBudget = z.output<typeof newBudgetSchema>

const idSchema = z.object({ id: z.string().max(LIMITS.nameLength) })
const zone = { timeZone: timeZoneSchema }
const tags = ['Costs']
const conflict = {
  CONFLICT: { status: 409, message: `There may be at most ${LIMITS.budgets} budgets.` },
}

export const budgetsContract = {
  list: oc
    .route({
      method: 'GET',
      path: '/v1/budgets',
      tags,
      summary: 'Budgets, oldest first, and how they stand',
    })
    .input(z.object(zone))
    .output(z.object({ items: z.array(budgetWithStatusSchema), nextCursor: z.string().nullable() })),
  get: oc
    .route({ method: 'GET', path: '/v1/budgets/{id}', tags })
    .input(idSchema.extend(zone))
    .output(budgetWithStatusSchema),
  create: oc
    .route({ method: 'POST', path: '/v1/budgets', successStatus: 201, tags, summary: 'Adds a budget' })
    .errors(conflict)
    .input(newBudgetSchema)
    .output(budgetWithStatusSchema),
  update: oc
    .route({ method: 'PUT', path: '/v1/budgets/{id}', tags, summary: 'Changes what is given' })
    .input(idSchema.extend(z.object(fields).partial().shape))
    .output(budgetWithStatusSchema),
  remove: oc
    .route({ method: 'DELETE', path: '/v1/budgets/{id}', successStatus: 204, tags })
    .input(idSchema)
    .output(z.void()),
  /** Takes back the removal of a budget that was removed lately. For the window. */
  restore: oc.errors(conflict).input(idSchema).output(budgetWithStatusSchema),
}

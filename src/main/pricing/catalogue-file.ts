import * as z from 'zod'

/** Prices in US dollars per million tokens. */
const rates = {
  input: z.number().min(0).optional(),
  output: z.number().min(0).optional(),
  cachedInput: z.number().min(0).optional(),
  cacheWrite: z.number().min(0).optional(),
}

const priceSchema = z.strictObject({
  ...rates,
  /** Of the whole request, once its input is longer. Ascending. */
  tiers: z.array(z.strictObject({ aboveInputTokens: z.int(), ...rates })).optional(),
  /** First day, UTC. */
  validFrom: z.iso.date().optional(),
  /** Times of day in UTC, such as `16:30:00Z`, between which it holds. */
  dailyFrom: z.string().optional(),
  dailyTo: z.string().optional(),
  /** Monday to Friday, UTC. */
  weekdaysOnly: z.literal(true).optional(),
})
/** What a model costs. Of several the last that holds at the start of a call is the one. */
export type CataloguePrice = z.infer<typeof priceSchema>
/** What tokens cost, whatever the length and the time. */
export type CatalogueRates = Pick<CataloguePrice, keyof typeof rates>

/** Which names are meant. */
export type NameMatch =
  | { equals: string }
  | { starts_with: string }
  | { ends_with: string }
  | { contains: string }
  | { regex: string }
  | { or: NameMatch[] }
  | { and: NameMatch[] }

const matchSchema: z.ZodType<NameMatch> = z.lazy(() =>
  z.union([
    z.strictObject({ equals: z.string() }),
    z.strictObject({ starts_with: z.string() }),
    z.strictObject({ ends_with: z.string() }),
    z.strictObject({ contains: z.string() }),
    z.strictObject({ regex: z.string() }),
    z.strictObject({ or: z.array(matchSchema) }),
    z.strictObject({ and: z.array(matchSchema) }),
  ]),
)

const providerSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** Where the prices are published. */
  source: z.url(),
  /** When they were read there, at the latest. */
  date: z.iso.date(),
  /** Models that are this provider's when a call names no provider. */
  modelMatch: matchSchema.optional(),
  /** Providers whose models it sells, too, at their prices where it has none of its own. */
  resells: z.array(z.string()).optional(),
  models: z.array(
    z.strictObject({ id: z.string(), match: matchSchema, prices: z.tuple([priceSchema], priceSchema) }),
  ),
})
export type CatalogueProvider = z.infer<typeof providerSchema>
export type CatalogueModel = CatalogueProvider['models'][number]

/** `resources/catalogue/more-prices.json` */
export const moreProvidersSchema = z.array(providerSchema)

/** `resources/catalogue/prices.json` */
export const catalogueFileSchema = z.strictObject({
  date: z.iso.date(),
  sources: z.array(z.string()),
  providers: z.array(providerSchema),
})
export type CatalogueFile = z.infer<typeof catalogueFileSchema>

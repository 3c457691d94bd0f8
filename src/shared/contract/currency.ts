import * as z from 'zod'

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

/** A code of ISO 4217, as the platform knows them. */
export const currencySchema = z
  .string()
  .refine((code) => CURRENCIES.has(code), 'must be a currency code such as USD or CNY')

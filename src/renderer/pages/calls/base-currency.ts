/** Costs of stored calls are in it. */
export const BASE_CURRENCY = 'USD'

/** The currency that costs are kept and shown in. */
export const BASE_CURRENCY = 'USD'

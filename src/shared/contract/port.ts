import * as z from 'zod'

/** A port of the user's choice; those below are the system's. */
export const portSchema = z
  .int('must be a whole number')
  .min(1_024, 'must be >= 1024')
  .max(65_535, 'must be <= 65535')

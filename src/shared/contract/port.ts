import * as z from 'zod'

/** A port of the user's choice; those below are the system's. */
export const portSchema = z.int().min(1_024).max(65_535)

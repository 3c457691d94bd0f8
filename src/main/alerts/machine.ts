import * as z from 'zod'

/**
 * Where an instance stands: inactive (nothing is kept of it) → pending → firing → recovering → inactive, resolved on the
 * way. Moments are of the engine's own time, in ms: it runs while rules are checked and rests in between, so neither sleep
 * nor a changed clock makes anything older.
 */
export const instanceStateSchema = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('pending'), since: z.number() }),
  z.object({ phase: z.literal('firing') }),
  z.object({ phase: z.literal('recovering'), since: z.number() }),
])

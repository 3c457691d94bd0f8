import * as z from 'zod'
import type { Reading } from '../store/alerts/rule-readings.ts'

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
export type InstanceState = z.output<typeof instanceStateSchema>

/** How long a rule waits. */
export interface Patience {
  /** Breached for so long, then firing. */
  forMs: number
  /** Well for so long, then resolved. */
  keepFiringMs: number
}

/** The engine's own time. */
export interface EngineTime {
  /** ms */
  now: number
  /** When checks began again after a break: sleep, a restart, a clock that was put forward. */
  liveSince: number
  /** The break was so long that what was pending is not known to be any more. */
  isAfterLongBreak: boolean
}

/** What a check changed; `holds` if nothing. */
export type Transition = 'holds' | 'waits' | 'fires' | 'relapses' | 'recovers' | 'resolves' | 'calms'

/** What is pending is watched for so long after a break before it fires, if the rule waits so long at all. */
const GRACE_MS = 10 * 60_000

/**
 * Takes one instance one check further.
 *
 * @param state null: inactive.
 */
export function step(
  state: InstanceState | null,
  verdict: Reading['verdict'],
  { forMs, keepFiringMs }: Patience,
  time: EngineTime,
): { state: InstanceState | null; transition: Transition } {
  const hold = { state, transition: 'holds' } as const
  const fire = { state: { phase: 'firing' }, transition: 'fires' } as const
  if (state === null || (state.phase === 'pending' && time.isAfterLongBreak)) {
    if (verdict !== 'breached') return state === null ? hold : { state: null, transition: 'calms' }
    return forMs === 0 ? fire : { state: { phase: 'pending', since: time.now }, transition: 'waits' }
  }
  switch (state.phase) {
    case 'pending': {
      if (verdict === 'unknown') return hold
      if (verdict === 'well') return { state: null, transition: 'calms' }
      const isLongEnough = time.now - state.since >= forMs
      const isWatched = time.now - time.liveSince >= Math.min(forMs, GRACE_MS)
      return isLongEnough && isWatched ? fire : hold
    }
    case 'firing':
      if (verdict !== 'well') return hold
      if (keepFiringMs === 0) return { state: null, transition: 'resolves' }
      return { state: { phase: 'recovering', since: time.now }, transition: 'recovers' }
    case 'recovering':
      if (verdict === 'unknown') return hold
      if (verdict === 'breached') return { state: { phase: 'firing' }, transition: 'relapses' }
      return time.now - state.since >= keepFiringMs ? { state: null, transition: 'resolves' } : hold
  }
}

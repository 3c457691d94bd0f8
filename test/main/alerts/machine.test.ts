import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EngineTime, InstanceState, Patience, Transition } from '../../../src/main/alerts/machine.ts'
import { step } from '../../../src/main/alerts/machine.ts'

const MINUTE = 60_000
const GRACE_MINUTES = 10

type Verdict = 'breached' | 'well' | 'unknown'
/** One check: what it says, how long it was watched since the last one, and whether there was a break before it. */
interface Tick {
  verdict: Verdict
  minutes: number
  pause: 'none' | 'short' | 'long'
}

function run(ticks: readonly Tick[], patience: Patience): { transitions: Transition[]; phases: string[] } {
  let state: InstanceState | null = null
  const time: EngineTime = { now: 0, liveSince: 0, isAfterLongBreak: false }
  const transitions: Transition[] = []
  const phases: string[] = []
  for (const { verdict, minutes, pause } of ticks) {
    if (pause === 'none') time.now += minutes * MINUTE
    else time.liveSince = time.now
    time.isAfterLongBreak = pause === 'long'
    const next = step(state, verdict, patience, time)
    state = next.state
    transitions.push(next.transition)
    phases.push(state?.phase ?? 'inactive')
  }
  return { transitions, phases }
}

const live = (verdict: Verdict, times = 1): Tick[] =>
  Array.from({ length: times }, () => ({ verdict, minutes: 1, pause: 'none' }))
const patience = (forMinutes: number, keepMinutes = 0): Patience => ({
  forMs: forMinutes * MINUTE,
  keepFiringMs: keepMinutes * MINUTE,
})
const count = (transitions: readonly Transition[], of: Transition) =>
  transitions.filter((transition) => transition === of).length

describe('waiting', () => {
  test.each([
    [4, 'pending'],
    [5, 'firing'],
    [6, 'firing'],
  ])('for 5 minutes: %i checks after the first breach it is %s', (checks, phase) => {
    expect(run(live('breached', checks + 1), patience(5)).phases.at(-1)).toBe(phase)
  })

  test('for no time fires at once', () => {
    expect(run(live('breached'), patience(0)).transitions).toEqual(['fires'])
  })

  test('begins anew after one check that was well', () => {
    const ticks = [...live('breached', 5), ...live('well'), ...live('breached', 5)]
    const { transitions, phases } = run(ticks, patience(5))
    expect(count(transitions, 'fires')).toBe(0)
    expect(phases.at(-1)).toBe('pending')
    expect(run([...ticks, ...live('breached')], patience(5)).phases.at(-1)).toBe('firing')
  })

  test('is neither ended nor finished by what is not known', () => {
    const { phases } = run([...live('breached', 3), ...live('unknown', 9), ...live('breached')], patience(5))
    expect(phases.slice(-2)).toEqual(['pending', 'firing'])
  })
})

describe('firing', () => {
  test('1,000 flaps fire once and resolve once if they keep firing for longer', () => {
    const flaps = Array.from({ length: 1_000 }, () => [...live('breached'), ...live('well', 2)]).flat()
    const { transitions } = run([...flaps, ...live('well', 10)], patience(0, 3))
    expect(count(transitions, 'fires')).toBe(1)
    expect(count(transitions, 'resolves')).toBe(1)
  })

  test('is not resolved by what is not known, for however long', () => {
    const { phases } = run([...live('breached'), ...live('unknown', 1_000)], patience(0, 1))
    expect(phases.at(-1)).toBe('firing')
  })

  test('goes on through any break', () => {
    for (const pause of ['short', 'long'] as const) {
      const ticks: Tick[] = [...live('breached'), { verdict: 'breached', minutes: 0, pause }]
      expect(run(ticks, patience(0)).transitions).toEqual(['fires', 'holds'])
    }
  })
})

describe('a break while it waits', () => {
  const after = (pause: Tick['pause']): Tick => ({ verdict: 'breached', minutes: 0, pause })

  test('of up to an hour keeps what was waited, and is followed by 10 minutes of watching', () => {
    const waited = live('breached', 26)
    const enough = [...waited, after('short'), ...live('breached', GRACE_MINUTES - 1)]
    expect(run(enough, patience(30)).phases.at(-1)).toBe('pending')
    expect(run([...enough, ...live('breached')], patience(30)).phases.at(-1)).toBe('firing')
  })

  test('does not make the wait shorter than it is', () => {
    const ticks = [...live('breached', 6), after('short'), ...live('breached', 24)]
    expect(run(ticks, patience(30)).phases.at(-1)).toBe('pending')
    expect(run([...ticks, ...live('breached')], patience(30)).phases.at(-1)).toBe('firing')
  })

  test('is followed by no more watching than the rule waits for', () => {
    const ticks = [...live('breached', 2), after('short'), ...live('breached', 2)]
    expect(run(ticks, patience(2)).phases).toEqual(['pending', 'pending', 'pending', 'pending', 'firing'])
  })

  test('of more than an hour begins anew', () => {
    const ticks = [...live('breached', 29), after('long'), ...live('breached', 29)]
    const { transitions, phases } = run(ticks, patience(30))
    expect(phases.at(-1)).toBe('pending')
    expect(count(transitions, 'waits')).toBe(2)
    expect(run([...ticks, ...live('breached')], patience(30)).phases.at(-1)).toBe('firing')
  })

  test('of more than an hour forgets it if it is well since', () => {
    const ticks: Tick[] = [...live('breached', 5), { verdict: 'well', minutes: 0, pause: 'long' }]
    expect(run(ticks, patience(30)).transitions.at(-1)).toBe('calms')
  })
})

/** The same by counting instead of by moments: what has been waited, watched and well for. */
function reference(ticks: readonly Tick[], forMinutes: number, keepMinutes: number): string[] {
  let phase = 'inactive'
  let waited = 0
  let watched = Infinity
  let well = 0
  return ticks.map(({ verdict, minutes, pause }) => {
    const passed = pause === 'none' ? minutes : 0
    waited += passed
    well += passed
    watched = pause === 'none' ? watched + passed : 0
    if (phase === 'pending' && pause === 'long') phase = 'inactive'
    if (phase === 'inactive' && verdict === 'breached') {
      phase = 'pending'
      waited = 0
      if (forMinutes === 0) phase = 'firing'
    } else if (phase === 'pending' && verdict === 'well') phase = 'inactive'
    else if (phase === 'pending' && verdict === 'breached') {
      if (waited >= forMinutes && watched >= Math.min(forMinutes, GRACE_MINUTES)) phase = 'firing'
    } else if (phase === 'firing' && verdict === 'well') {
      well = 0
      phase = keepMinutes === 0 ? 'inactive' : 'recovering'
    } else if (phase === 'recovering' && verdict === 'breached') phase = 'firing'
    else if (phase === 'recovering' && verdict === 'well' && well >= keepMinutes) phase = 'inactive'
    return phase
  })
}

test('10,000 random series go as they do when they are counted', () => {
  const tick = fc.record({
    verdict: fc.oneof(
      { weight: 6, arbitrary: fc.constant('breached' as const) },
      { weight: 3, arbitrary: fc.constant('well' as const) },
      { weight: 1, arbitrary: fc.constant('unknown' as const) },
    ),
    minutes: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.nat(5) }),
    pause: fc.oneof(
      { weight: 20, arbitrary: fc.constant('none' as const) },
      { weight: 1, arbitrary: fc.constant('short' as const) },
      { weight: 1, arbitrary: fc.constant('long' as const) },
    ),
  })
  const minutes = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 20 }))
  const seen = new Set<string>()
  fc.assert(
    fc.property(fc.array(tick, { maxLength: 60 }), minutes, minutes, (ticks, forMinutes, keepMinutes) => {
      const { phases, transitions } = run(ticks, patience(forMinutes, keepMinutes))
      expect(phases).toEqual(reference(ticks, forMinutes, keepMinutes))
      for (const transition of transitions) seen.add(transition)
    }),
    { numRuns: 10_000 },
  )
  expect([...seen].sort()).toEqual(['calms', 'fires', 'holds', 'recovers', 'relapses', 'resolves', 'waits'])
})

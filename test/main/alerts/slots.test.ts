import { describe, expect, test } from 'vitest'
import type { EnginePlace, SlotDecision } from '../../../src/main/alerts/slots.ts'
import { decideSlot } from '../../../src/main/alerts/slots.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NOON = Date.UTC(2026, 10, 26, 12)

/** An engine that looks at its clocks, and does at once what is to be done. */
class Watch {
  place: EnginePlace = { lastSlot: null, engineMs: 0, liveSince: 0 }
  wall = NOON
  monotonic = 0
  #since = 0
  #hasChecked = false
  readonly intervalMs: number

  constructor(intervalMs = MINUTE) {
    this.intervalMs = intervalMs
  }

  look(): SlotDecision {
    const decision = decideSlot(
      this.place,
      { wallMs: this.wall, monotonicMs: this.monotonic },
      { intervalMs: this.intervalMs, sinceMonotonicMs: this.#since, hasChecked: this.#hasChecked },
    )
    if (decision.kind === 'check') {
      this.place = decision.place
      this.#since = this.monotonic
      this.#hasChecked = true
    }
    return decision
  }

  pass(ms: number): SlotDecision {
    this.wall += ms
    this.monotonic += ms
    return this.look()
  }

  sleep(ms: number): SlotDecision {
    this.wall += ms
    return this.look()
  }

  restart(ms: number): SlotDecision {
    this.wall += ms
    this.monotonic = 0
    this.#since = 0
    this.#hasChecked = false
    return this.look()
  }
}

function watching(intervalMs = MINUTE): Watch {
  const watch = new Watch(intervalMs)
  watch.look()
  return watch
}

describe('slots', () => {
  test('are multiples of the interval, whenever one looks, and each is checked once', () => {
    const watch = watching()
    expect(watch.place.lastSlot).toBe(NOON)
    expect(watch.pass(59_999)).toEqual({ kind: 'wait', isHeld: false })
    expect(watch.pass(1)).toMatchObject({
      kind: 'check',
      slot: NOON + MINUTE,
      skipped: 0,
      isAfterBreak: false,
    })
    expect(watch.pass(1)).toEqual({ kind: 'wait', isHeld: false })
    expect(watch.pass(MINUTE)).toMatchObject({ slot: NOON + 2 * MINUTE })
    expect(watch.place.engineMs).toBe(2 * MINUTE)
  })

  test('that are late are skipped and counted, and what passed is counted as watched', () => {
    const watch = watching()
    expect(watch.pass(3 * MINUTE + 1)).toMatchObject({
      slot: NOON + 3 * MINUTE,
      skipped: 2,
      isAfterBreak: false,
    })
    expect(watch.place.engineMs).toBe(3 * MINUTE)
  })

  test.each([1_000, 7_000, 90_000, HOUR])('of %i ms work alike', (intervalMs) => {
    const watch = watching(intervalMs)
    for (let index = 0; index < 10; index += 1) {
      expect(watch.pass(intervalMs)).toMatchObject({ kind: 'check', skipped: 0, isAfterBreak: false })
    }
    expect(watch.place.engineMs).toBe(10 * intervalMs)
  })
})

describe('a break', () => {
  test('of 8 hours asleep is one check, counts what was skipped, and no time as watched', () => {
    const watch = watching()
    watch.pass(MINUTE)
    expect(watch.sleep(8 * HOUR)).toMatchObject({
      kind: 'check',
      skipped: 8 * 60 - 1,
      isAfterBreak: true,
      isAfterLongBreak: true,
    })
    expect(watch.place).toMatchObject({ engineMs: MINUTE, liveSince: MINUTE })
    expect(watch.look()).toMatchObject({ kind: 'wait' })
    expect(watch.pass(MINUTE)).toMatchObject({ skipped: 0, isAfterBreak: false })
  })

  test.each([
    [59, false],
    [60, false],
    [61, true],
  ])('of %i minutes between two runs: long is %s', (minutes, isLong) => {
    const watch = watching()
    expect(watch.restart(minutes * MINUTE)).toMatchObject({
      kind: 'check',
      isAfterBreak: true,
      isAfterLongBreak: isLong,
    })
  })

  test('is every start, however soon it comes', () => {
    const watch = watching()
    watch.pass(MINUTE)
    expect(watch.restart(20_000)).toMatchObject({ kind: 'wait' })
    expect(watch.pass(40_000)).toMatchObject({ kind: 'check', isAfterBreak: true, isAfterLongBreak: false })
    expect(watch.place).toMatchObject({ engineMs: MINUTE, liveSince: MINUTE })
    expect(watch.pass(MINUTE)).toMatchObject({ kind: 'check', isAfterBreak: false })
  })
})

describe('a clock that is set', () => {
  test('an hour forward is a break, and makes nothing older', () => {
    const watch = watching()
    watch.pass(MINUTE)
    expect(watch.sleep(HOUR)).toMatchObject({ skipped: 59, isAfterBreak: true, isAfterLongBreak: false })
    expect(watch.place.engineMs).toBe(MINUTE)
  })

  test('a minute forward counts as no more than what passed', () => {
    const watch = watching()
    watch.wall += MINUTE
    expect(watch.pass(MINUTE)).toMatchObject({ slot: NOON + 2 * MINUTE, skipped: 1, isAfterBreak: false })
    expect(watch.place.engineMs).toBe(MINUTE)
  })

  test('an hour back is waited for two intervals, then checks go on from there', () => {
    const watch = watching()
    watch.pass(MINUTE)
    expect(watch.sleep(-HOUR)).toEqual({ kind: 'wait', isHeld: true })
    expect(watch.pass(MINUTE)).toEqual({ kind: 'wait', isHeld: true })
    expect(watch.pass(MINUTE)).toMatchObject({
      kind: 'check',
      slot: NOON - HOUR + 3 * MINUTE,
      skipped: 0,
      isAfterBreak: true,
      isAfterLongBreak: false,
    })
    expect(watch.place.engineMs).toBe(3 * MINUTE)
    expect(watch.pass(MINUTE)).toMatchObject({ kind: 'check', skipped: 0 })
  })

  test('half a minute back is waited for until the last slot has passed', () => {
    const watch = watching()
    watch.pass(MINUTE + 10_000)
    expect(watch.sleep(-30_000)).toEqual({ kind: 'wait', isHeld: true })
    expect(watch.pass(20_000)).toEqual({ kind: 'wait', isHeld: false })
    expect(watch.pass(MINUTE)).toMatchObject({ kind: 'check', slot: NOON + 2 * MINUTE, isAfterBreak: false })
  })

  test('back between two runs is waited for two intervals, too', () => {
    const watch = watching()
    watch.pass(MINUTE)
    expect(watch.restart(-HOUR)).toEqual({ kind: 'wait', isHeld: true })
    expect(watch.pass(2 * MINUTE)).toMatchObject({ kind: 'check', isAfterBreak: true })
  })
})

test('a change to or from summer time changes nothing: slots are of the epoch', () => {
  for (const change of [Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1)]) {
    const watch = new Watch()
    watch.wall = change - 90 * MINUTE
    watch.look()
    for (let index = 0; index < 180; index += 1) {
      expect(watch.pass(MINUTE)).toMatchObject({ kind: 'check', skipped: 0, isAfterBreak: false })
    }
    expect(watch.place.engineMs).toBe(3 * HOUR)
  }
})

import type { Clock } from '../../../src/main/alerts/clock.ts'

/** A clock that goes when it is told to. What was to run after a while runs at once: nothing here waits. */
export class FakeClock implements Clock {
  wall: number
  #monotonic = 0

  constructor(wall: number) {
    this.wall = wall
  }

  now(): number {
    return this.wall
  }

  monotonic(): number {
    return this.#monotonic
  }

  after(_ms: number, run: () => void): () => void {
    const timer = setTimeout(run, 0)
    return () => clearTimeout(timer)
  }

  pass(ms: number): void {
    this.wall += ms
    this.#monotonic += ms
  }
}

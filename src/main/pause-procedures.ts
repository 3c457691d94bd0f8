import { os } from './implementer.ts'
import type { CollectorPause } from './ingest/index.ts'

/** Implements the contract of the pause. */
export function pauseProcedures(pause: CollectorPause) {
  const { collector } = os
  return {
    pause: collector.pause.handler(() => pause.pause()),
    resume: collector.resume.handler(() => pause.resume()),
    followPause: collector.followPause.handler(({ signal }) => pause.follow(signal)),
  }
}

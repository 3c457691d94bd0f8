import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'

/** Whether the collector takes calls. */
export const pauseStateSchema = z.object({
  pausedSince: z.int().nullable().describe('epoch ms; null: calls are taken'),
})
export type PauseState = z.infer<typeof pauseStateSchema>

export const pauseContract = {
  pause: oc
    .route({
      method: 'POST',
      path: '/v1/collector/pause',
      tags: ['Collector'],
      summary: 'Takes no calls until it is resumed, or the console starts again',
    })
    .output(pauseStateSchema),
  resume: oc
    .route({
      method: 'POST',
      path: '/v1/collector/resume',
      tags: ['Collector'],
      summary: 'Takes calls again',
    })
    .output(pauseStateSchema),
  /** The state now and whenever it changes. */
  followPause: oc.output(eventIterator(pauseStateSchema)),
}

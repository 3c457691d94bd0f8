import { parentPort, workerData } from 'node:worker_threads'
import { ArrivalFollower } from './alerts/arrival-follower.ts'
import { measureRules, reachOf } from './alerts/measure-rules.ts'
import type { PreviewPoint, PreviewRequest } from './alerts/preview-rule.ts'
import { previewRule } from './alerts/preview-rule.ts'
import type { MeasureRequest, RuleReadings } from './alerts/rule-readings.ts'
import type { DatabaseOptions } from './database.ts'
import { openForReading } from './database.ts'
import { giveWay } from './give-way.ts'
import type { ThreadRequest } from './thread-link.ts'
import { ThreadServer } from './thread-link.ts'

/** What a watcher answers: it follows the calls as they arrive, and measures alert rules by them. */
export type WatchFunctions = {
  measureRules(request: MeasureRequest): RuleReadings[]
  previewRule(request: PreviewRequest): PreviewPoint[]
  /** Takes calls in between questions, so that the next one is answered at once. */
  catchUp(input: null): void
  /** What was counted has changed. */
  forgetCalls(input: null): void
  close(input: null): void
}

const MINUTE_MS = 60_000

function main(): void {
  if (!parentPort) throw new Error('a watcher runs as a worker thread')
  giveWay()
  const port = parentPort
  const server = new ThreadServer(port)
  try {
    const database = openForReading(workerData as DatabaseOptions)
    let follower: { slotMs: number; calls: ArrivalFollower } | undefined
    const followerOf = (slotMs: number): ArrivalFollower => {
      if (follower?.slotMs !== slotMs) follower = { slotMs, calls: new ArrivalFollower(database, slotMs) }
      return follower.calls
    }
    const catchUp = (): void => {
      try {
        follower?.calls.catchUp()
      } catch {
        // The next question meets the same, and says so.
        follower?.calls.forget()
      }
    }

    const perform = (request: ThreadRequest<WatchFunctions>): unknown => {
      switch (request.name) {
        case 'measureRules': {
          const { at, slotMs, rules } = request.input
          return measureRules(database, followerOf(slotMs).follow(at, reachOf(rules)), request.input)
        }
        case 'previewRule':
          return previewRule(database, followerOf(MINUTE_MS), request.input)
        case 'catchUp':
          return catchUp()
        case 'forgetCalls':
          return follower?.calls.forget()
        case 'close':
          return database.sqlite.close()
      }
    }
    port.on('message', (request: ThreadRequest<WatchFunctions>) => {
      try {
        server.succeed(request.id, perform(request))
      } catch (error) {
        server.fail(request.id, error)
      }
      if (request.name === 'close') port.close()
    })
    server.ready()
  } catch (error) {
    server.notReady(error)
    port.close()
  }
}

main()

import { chunksOf } from '#shared/chunks-of.ts'
import type { AppLogInput } from '#shared/contract/app-logs.ts'
import type { SampleLoadStep, SampleRemoveStep } from '#shared/contract/sample.ts'
import { LIMITS } from '#shared/limits.ts'
import type { DemoFeedback } from '../demo/feedback.ts'
import { isSampleLabels, SAMPLE_PREFIX, SAMPLE_REQUEST_ID, sampleBatches } from '../demo/sample.ts'
import type { SettingsKeeper } from '../settings/index.ts'
import type { SampleCalls } from '../store/queries/sample-calls.ts'
import type { Store } from '../store/store.ts'

/** Made-up calls, to look around with, until they are taken out again. */
export interface Sample {
  isBusy(): boolean
  load(signal?: AbortSignal): AsyncGenerator<SampleLoadStep>
  /** Takes out all that came of them. It may be ended at any time; the next time goes on. */
  remove(signal?: AbortSignal): AsyncGenerator<SampleRemoveStep>
  /** Notes that there are some from now on, for what they raise is theirs. */
  note(): Promise<void>
}

export interface SampleParts {
  store: Pick<Store, 'ask' | 'forgetCalls' | 'removeSampleFeedback'>
  settings: SettingsKeeper
  submitCalls: (calls: AppLogInput[]) => Promise<void>
  submitFeedback: (feedback: DemoFeedback[]) => Promise<void>
  /** @param from epoch ms. @returns how many records of alerts there were. */
  removeAlerts: (
    from: number,
    isMeant: (record: { labels: Partial<Record<string, string>> }) => boolean,
  ) => Promise<number>
  /** Ends traffic that is made while the console runs. */
  stopTraffic: () => Promise<void>
  /** Pages are to look again. */
  announce: (calls: number) => void
  /** epoch ms */
  now?: () => number
}

const SAMPLE = { prefix: SAMPLE_PREFIX, pattern: SAMPLE_REQUEST_ID }

export function createSample(parts: SampleParts): Sample {
  const { store, settings, now = Date.now } = parts
  let isBusy = false

  const note = async (): Promise<void> => {
    if (settings.current().sampleLoadedAt === null) await settings.update({ sampleLoadedAt: now() })
  }

  async function* exclusively<T>(steps: AsyncGenerator<T>): AsyncGenerator<T> {
    isBusy = true
    try {
      yield* steps
    } finally {
      isBusy = false
    }
  }

  async function* load(signal?: AbortSignal): AsyncGenerator<SampleLoadStep> {
    // First: what was loaded by half can be removed, too.
    await note()
    let loaded = 0
    yield { type: 'progress', share: 0 }
    for (const { calls, feedback, share } of sampleBatches(now(), -new Date().getTimezoneOffset())) {
      if (signal?.aborted) return
      await parts.submitCalls(calls)
      await parts.submitFeedback(feedback)
      loaded += calls.length
      yield { type: 'progress', share }
    }
    yield { type: 'done', calls: loaded }
  }

  async function* remove(signal?: AbortSignal): AsyncGenerator<SampleRemoveStep> {
    const since = settings.current().sampleLoadedAt
    const removed = { calls: 0, feedback: 0, alerts: 0 }
    try {
      await parts.stopTraffic()
      for (let pieces = -1; pieces !== 0;) {
        if (signal?.aborted) return
        pieces = await store.removeSampleFeedback({ ...SAMPLE, limit: LIMITS.forgottenPerCommit })
        removed.feedback += pieces
        yield { type: 'progress', ...removed }
      }
      for (let after: number | null = 0; after !== null;) {
        const look: SampleCalls = await store.ask('sampleCalls', {
          ...SAMPLE,
          after,
          length: LIMITS.callsScannedForUser,
        })
        for (const ids of chunksOf(look.ids, LIMITS.forgottenPerCommit)) {
          if (signal?.aborted) return
          removed.calls += await store.forgetCalls({ ids, digests: [], forgottenAt: now() })
          yield { type: 'progress', ...removed }
        }
        after = look.end
      }
      // Last: nothing is there any more that would raise them again.
      if (since !== null)
        removed.alerts = await parts.removeAlerts(since, ({ labels }) => isSampleLabels(labels))
      await settings.update({ sampleLoadedAt: null })
    } finally {
      // Also when it is ended at one of its steps: what is gone is to be seen nowhere.
      parts.announce(Math.max(1, removed.calls))
    }
    yield { type: 'done', ...removed }
  }

  return {
    isBusy: () => isBusy,
    note,
    load: (signal) => exclusively(load(signal)),
    remove: (signal) => exclusively(remove(signal)),
  }
}

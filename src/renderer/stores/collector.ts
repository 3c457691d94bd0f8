import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { CollectorStatus } from '#shared/contract/collector.ts'
import { client } from '../client.ts'
import { keepFollowing } from './keep-following.ts'

/** What all pages know of the collector: its state, and a number that grows whenever calls or feedback were stored. */
export const useCollector = defineStore('collector', () => {
  const status = shallowRef<CollectorStatus>()
  const isReachable = ref(true)
  /** Grows with every commit that the main process tells of. */
  const revision = ref(0)
  /** The same of feedback alone: it comes more rarely than calls by far. */
  const feedbackRevision = ref(0)

  function grow(type: 'calls' | 'feedback'): void {
    revision.value += 1
    if (type === 'feedback') feedbackRevision.value += 1
  }

  async function refresh(): Promise<CollectorStatus> {
    try {
      status.value = await client.collector.status()
      isReachable.value = true
      return status.value
    } catch (error) {
      isReachable.value = false
      throw error
    }
  }

  /** Follows the main process's events for as long as the page lives. */
  function follow(): Promise<never> {
    let attempt = 0
    return keepFollowing(
      async () => {
        attempt += 1
        const events = await client.collector.events()
        // What was stored while nobody listened has to be asked for.
        if (attempt > 1) grow('feedback')
        return events
      },
      (event) => {
        if (event.stored > 0) grow(event.type)
      },
      () => (isReachable.value = false),
    )
  }

  return { status, isReachable, revision, feedbackRevision, refresh, follow }
})

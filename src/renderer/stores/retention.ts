import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { RetentionStatus } from '#shared/contract/retention.ts'
import { client } from '../client.ts'

const RETRY_MS = 2_000

/** What is being deleted because of its age, and whether the clock is in doubt. All pages may ask. */
export const useRetention = defineStore('retention', () => {
  const status = ref<RetentionStatus>()

  /** Follows the main process for as long as the page lives. */
  async function follow(): Promise<never> {
    for (;;) {
      try {
        for await (const now of await client.retention.follow()) status.value = now
      } catch {
        // The console is busy or closing: what was known stays until it answers again.
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }

  async function confirmClock(): Promise<void> {
    status.value = await client.retention.confirmClock()
  }

  return { status, follow, confirmClock }
})

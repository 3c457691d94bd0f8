import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { RetentionStatus } from '#shared/contract/retention.ts'
import { client } from '../client.ts'
import { keepFollowing } from './keep-following.ts'

/** What is being deleted because of its age, and whether the clock is in doubt. All pages may ask. */
export const useRetention = defineStore('retention', () => {
  const status = ref<RetentionStatus>()

  /** Follows the main process for as long as the page lives. */
  function follow(): Promise<never> {
    return keepFollowing(client.retention.follow, (now) => (status.value = now))
  }

  async function confirmClock(): Promise<void> {
    status.value = await client.retention.confirmClock()
  }

  return { status, follow, confirmClock }
})

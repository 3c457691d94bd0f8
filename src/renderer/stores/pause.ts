import { defineStore } from 'pinia'
import { ref } from 'vue'
import { client } from '../client.ts'
import { keepFollowing } from './keep-following.ts'

/** Whether the collector takes calls. All pages show it when it does not. */
export const usePause = defineStore('pause', () => {
  /** epoch ms; null: calls are taken. */
  const pausedSince = ref<number | null>(null)

  /** Follows the main process for as long as the page lives: the tray pauses, too. */
  function follow(): Promise<never> {
    return keepFollowing(client.collector.followPause, (state) => (pausedSince.value = state.pausedSince))
  }

  /** Pauses or goes on. Throws if the console does not answer. */
  async function toggle(): Promise<void> {
    const { collector } = client
    const state = await (pausedSince.value === null ? collector.pause() : collector.resume())
    pausedSince.value = state.pausedSince
  }

  return { pausedSince, follow, toggle }
})

import { defineStore } from 'pinia'
import { ref } from 'vue'
import { client } from '../client.ts'

const RETRY_MS = 2_000

/** Whether the collector takes calls. All pages show it when it does not. */
export const usePause = defineStore('pause', () => {
  /** epoch ms; null: calls are taken. */
  const pausedSince = ref<number | null>(null)

  /** Follows the main process for as long as the page lives: the tray pauses, too. */
  async function follow(): Promise<never> {
    for (;;) {
      try {
        for await (const state of await client.collector.followPause()) pausedSince.value = state.pausedSince
      } catch {
        // The console is busy or closing: what was known stays until it answers again.
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }

  /** Pauses or goes on. Throws if the console does not answer. */
  async function toggle(): Promise<void> {
    const { collector } = client
    const state = await (pausedSince.value === null ? collector.pause() : collector.resume())
    pausedSince.value = state.pausedSince
  }

  return { pausedSince, follow, toggle }
})

import { defineStore } from 'pinia'
import { ref } from 'vue'
import { client } from '../client.ts'
import { playAlertSound } from './alert-sound.ts'

const RETRY_MS = 2_000

/** What all pages know of alerts: how many records are unread and fire, and a number that grows when any changed. */
export const useAlerts = defineStore('alerts', () => {
  const unread = ref(0)
  const firing = ref(0)
  const revision = ref(0)

  /** Follows the main process's events for as long as the page lives. */
  async function follow(): Promise<never> {
    for (;;) {
      try {
        // What changed while nobody listened has to be asked for.
        const now = await client.alerts.records.unread()
        unread.value = now.unread
        firing.value = now.firing
        for await (const event of await client.alerts.rules.events()) {
          if (event.isSoundOn && event.firing > firing.value && event.unread > unread.value) playAlertSound()
          unread.value = event.unread
          firing.value = event.firing
          revision.value += 1
        }
      } catch {
        // The console is busy or closing: the counters stay as they are until it answers again.
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }

  return { unread, firing, revision, follow }
})

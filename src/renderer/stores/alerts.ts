import { defineStore } from 'pinia'
import { ref } from 'vue'
import { client } from '../client.ts'
import { playAlertSound } from './alert-sound.ts'
import { keepFollowing } from './keep-following.ts'

/** What all pages know of alerts: how many records are unread and fire, and a number that grows when any changed. */
export const useAlerts = defineStore('alerts', () => {
  const unread = ref(0)
  const firing = ref(0)
  const revision = ref(0)

  /** Follows the main process's events for as long as the page lives. */
  function follow(): Promise<never> {
    return keepFollowing(
      async () => {
        // What changed while nobody listened has to be asked for.
        const now = await client.alerts.records.unread()
        unread.value = now.unread
        firing.value = now.firing
        return client.alerts.rules.events()
      },
      (event) => {
        if (event.isSoundOn && event.firing > firing.value && event.unread > unread.value) playAlertSound()
        unread.value = event.unread
        firing.value = event.firing
        revision.value += 1
      },
    )
  }

  return { unread, firing, revision, follow }
})

import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { ForgetProgress } from '#shared/contract/privacy.ts'
import { client } from '../client.ts'
import { useSettings } from './settings.ts'

/** A user being forgotten. It goes on while other pages are looked at. */
export const useForgetting = defineStore('forgetting', () => {
  const state = ref<'idle' | 'running' | 'done' | 'unfinished' | 'cancelled' | 'failed'>('idle')
  const userId = ref('')
  const progress = ref<ForgetProgress>({ done: 0, total: 0, feedback: 0, isFinished: false })
  let abort = new AbortController()
  const settings = useSettings()

  async function start(wanted: string): Promise<void> {
    if (state.value === 'running') return
    abort = new AbortController()
    const { signal } = abort
    state.value = 'running'
    userId.value = wanted
    progress.value = { done: 0, total: 0, feedback: 0, isFinished: false }
    try {
      const steps = await client.privacy.forgetting({ userId: wanted }, { signal })
      for await (const step of steps) progress.value = step
      state.value = signal.aborted ? 'cancelled' : progress.value.isFinished ? 'done' : 'unfinished'
    } catch {
      // What is gone stays gone; the next time goes on.
      state.value = signal.aborted ? 'cancelled' : 'failed'
    }
    // Saved views may have gone with the user, and must not be saved again.
    await settings.load()
    // Whoever was forgotten is not to stand on the screen for good.
    if (state.value === 'done') userId.value = ''
  }

  return { state, userId, progress, start, cancel: () => abort.abort() }
})

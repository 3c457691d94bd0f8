import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { ForgetProgress } from '#shared/contract/privacy.ts'
import { client } from '../client.ts'

/** A user being forgotten. It goes on while other pages are looked at. */
export const useForgetting = defineStore('forgetting', () => {
  const state = ref<'idle' | 'running' | 'done' | 'unfinished' | 'cancelled' | 'failed'>('idle')
  const userId = ref('')
  const progress = ref<ForgetProgress>({ done: 0, total: 0, feedback: 0, isFinished: false })
  let abort = new AbortController()

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
    // Whoever was forgotten is not to stand on the screen for good.
    if (state.value === 'done') userId.value = ''
  }

  return { state, userId, progress, start, cancel: () => abort.abort() }
})

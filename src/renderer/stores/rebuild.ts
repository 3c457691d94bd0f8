import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { RebuildProgress } from '#shared/contract/monitoring.ts'
import { client } from '../client.ts'

/** Statistics being made anew. It goes on while other pages are looked at. */
export const useRebuild = defineStore('rebuild', () => {
  const state = ref<'idle' | 'running' | 'done' | 'cancelled' | 'failed'>('idle')
  const progress = ref<RebuildProgress>({ done: 0, total: 0 })
  let abort = new AbortController()

  async function start(): Promise<void> {
    if (state.value === 'running') return
    abort = new AbortController()
    state.value = 'running'
    progress.value = { done: 0, total: 0 }
    try {
      const steps = await client.monitoring.rebuildRollups(undefined, { signal: abort.signal })
      for await (const step of steps) progress.value = step
      state.value = abort.signal.aborted ? 'cancelled' : 'done'
    } catch {
      // Ended by the user, or the store said no: days that were not reached are as they were.
      state.value = abort.signal.aborted ? 'cancelled' : 'failed'
    }
  }

  return { state, progress, start, cancel: () => abort.abort() }
})

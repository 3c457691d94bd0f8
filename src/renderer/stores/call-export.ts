import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { CallExportRequest, CallExportStep } from '#shared/contract/call-exports.ts'
import { client } from '../client.ts'

/** Calls being written into a file. It goes on while other pages are looked at. */
export const useCallExport = defineStore('callExport', () => {
  /** The last that was heard of it; null: nothing yet. */
  const step = ref<CallExportStep | null>(null)
  const isRunning = ref(false)
  let abort = new AbortController()

  async function start(request: CallExportRequest): Promise<void> {
    if (isRunning.value) return
    abort = new AbortController()
    isRunning.value = true
    step.value = null
    try {
      const steps = await client.callExports.save(request, { signal: abort.signal })
      for await (const next of steps) step.value = next
      if (step.value?.type === 'progress') step.value = { type: 'cancelled' }
    } catch {
      step.value = abort.signal.aborted ? { type: 'cancelled' } : { type: 'failed', reason: 'other' }
    } finally {
      isRunning.value = false
    }
  }

  return { step, isRunning, start, cancel: () => abort.abort(), reset: () => (step.value = null) }
})

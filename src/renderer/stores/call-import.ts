import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { CallImportReport, CallImportStep, ChosenImport } from '#shared/contract/call-imports.ts'
import { client } from '../client.ts'

export type ImportFile = Extract<ChosenImport, { outcome: 'chosen' }>
/** Why it ended, if not because it was done. */
export type ImportEnd = 'cancelled' | Extract<CallImportStep, { type: 'failed' }>['reason'] | null

/** A file being imported. It goes on while other pages are looked at. */
export const useCallImport = defineStore('callImport', () => {
  const state = ref<'idle' | 'choosing' | 'unreadable' | 'chosen' | 'running' | 'ended'>('idle')
  const file = ref<ImportFile | null>(null)
  const report = ref<CallImportReport | null>(null)
  const share = ref(0)
  const end = ref<ImportEnd>(null)
  let abort = new AbortController()

  const choose = () => take(() => client.callImports.choose())

  /** The file that was opened with the console, unless another is being imported. */
  async function takeOpened(): Promise<void> {
    if (state.value !== 'choosing' && state.value !== 'running') await take(() => client.callImports.opened())
  }

  /** What was just dropped on the page. */
  async function takeDropped(): Promise<void> {
    if (state.value !== 'choosing' && state.value !== 'running')
      await take(() => client.callImports.takeDropped())
  }

  async function take(ask: () => Promise<ChosenImport>): Promise<void> {
    const before = state.value
    state.value = 'choosing'
    try {
      const chosen = await ask()
      if (chosen.outcome === 'chosen') file.value = chosen
      state.value = chosen.outcome === 'cancelled' ? before : chosen.outcome
    } catch {
      state.value = 'unreadable'
    }
  }

  async function start(app: string): Promise<void> {
    if (file.value === null) return
    abort = new AbortController()
    state.value = 'running'
    report.value = null
    share.value = 0
    end.value = null
    try {
      const { fileId } = file.value
      const steps = await client.callImports.run({ fileId, app }, { signal: abort.signal })
      for await (const step of steps) {
        report.value = step.report
        if (step.type === 'progress') share.value = step.share
        end.value = step.type === 'failed' ? step.reason : null
      }
    } catch {
      if (!abort.signal.aborted) end.value = 'other'
    }
    if (abort.signal.aborted) end.value = 'cancelled'
    state.value = 'ended'
  }

  return {
    state,
    file,
    report,
    share,
    end,
    choose,
    takeOpened,
    takeDropped,
    start,
    cancel: () => abort.abort(),
    reset: () => (state.value = 'idle'),
  }
})

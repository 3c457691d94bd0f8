import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Recalculated, RecalculationProgress } from '#shared/contract/cost-configs.ts'
import { client } from '../client.ts'

/** What was asked for: to look at what would change, or to change it. */
type RecalculationKind = 'look' | 'change'

/**
 * Pricing stored calls anew. It goes on while other pages are open: whoever comes back finds how far it is.
 *
 * `stopped` is by the user, `failed` by the store; what was changed until then stays, and can be done again.
 */
export const useRecalculation = defineStore('recalculation', () => {
  const state = ref<'idle' | 'running' | 'done' | 'stopped' | 'failed'>('idle')
  const kind = ref<RecalculationKind>('look')
  const progress = shallowRef<RecalculationProgress>()
  const result = shallowRef<Recalculated>()
  const isRunning = computed(() => state.value === 'running')
  let range = { from: 0, to: 0 }
  let abort = new AbortController()

  /** Says what would change in a range, epoch ms `[from, to)`. */
  async function look(wanted: { from: number; to: number }): Promise<void> {
    range = wanted
    await run('look')
  }

  /** Changes what the look before has found. */
  const change = () => run('change')

  async function run(wanted: RecalculationKind): Promise<void> {
    abort = new AbortController()
    const { signal } = abort
    kind.value = wanted
    state.value = 'running'
    progress.value = undefined
    result.value = undefined
    try {
      const input = { ...range, dryRun: wanted === 'look' }
      for await (const step of await client.costConfigs.recalculation(input, { signal })) {
        if (step.type === 'progress') progress.value = step
        else result.value = step.result
      }
      // Ended without a result: by a signal that was heard in between.
      state.value = result.value ? 'done' : 'stopped'
    } catch {
      state.value = signal.aborted ? 'stopped' : 'failed'
    }
  }

  /** Ends what runs after the chunk that it is at. */
  const stop = () => abort.abort()

  /** Forgets what was found. */
  function reset(): void {
    if (isRunning.value) return
    state.value = 'idle'
    result.value = undefined
  }

  return { state, kind, progress, result, isRunning, look, change, stop, reset }
})

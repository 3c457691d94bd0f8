import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { client } from '../client.ts'
import { useSettings } from './settings.ts'

/** Made-up calls: whether there are some, and how far loading or removing them is, whatever page is looked at. */
export const useSample = defineStore('sample', () => {
  const settings = useSettings()
  const state = ref<'idle' | 'loading' | 'removing' | 'failed'>('idle')
  /** Of loading, 0 to 1. */
  const share = ref(0)
  const removedCalls = ref(0)
  /** Grows when some were removed: a page that shows them begins anew. */
  const removals = ref(0)
  const isLoaded = computed(() => settings.settings.sampleLoadedAt !== null)
  const isBusy = computed(() => state.value === 'loading' || state.value === 'removing')

  /** @returns whether they are there. */
  async function load(): Promise<boolean> {
    if (isBusy.value) return false
    state.value = 'loading'
    share.value = 0
    try {
      for await (const step of await client.sample.load())
        share.value = step.type === 'progress' ? step.share : 1
      state.value = 'idle'
    } catch {
      state.value = 'failed'
    }
    await settings.load()
    return state.value === 'idle'
  }

  /** @returns what was removed; undefined: not all of it was. */
  async function remove(): Promise<{ calls: number; feedback: number; alerts: number } | undefined> {
    if (isBusy.value) return undefined
    state.value = 'removing'
    removedCalls.value = 0
    let removed: { calls: number; feedback: number; alerts: number } | undefined
    try {
      for await (const step of await client.sample.remove()) {
        removedCalls.value = step.calls
        if (step.type === 'done') removed = step
      }
      state.value = removed ? 'idle' : 'failed'
    } catch {
      state.value = 'failed'
    }
    await settings.load()
    removals.value += 1
    return removed
  }

  return { state, share, removedCalls, removals, isLoaded, isBusy, load, remove }
})

import { isDefinedError } from '@orpc/client'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { Archive, ArchiveProblem, RestoreOutcome } from '#shared/contract/archives.ts'
import { client } from '../client.ts'

export type ArchiveFailure = ArchiveProblem | 'other'

/** Why an archive could not be used. */
export function failureOf(error: unknown): ArchiveFailure {
  if (!(error instanceof Error) || !isDefinedError(error as never)) return 'other'
  const { code, data } = error as { code?: string; data?: { problem?: ArchiveProblem } }
  if (code === 'CONFLICT') return 'archive-busy'
  return data?.problem ?? 'other'
}

/** Archives, and what is done to them: it goes on while other pages are looked at. */
export const useArchives = defineStore('archives', () => {
  const items = ref<Archive[]>([])
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  /** By name: what the last check found. */
  const checks = ref(new Map<string, 'whole' | ArchiveFailure>())
  const checking = ref<string>()
  const restoring = ref<{ done: number; total: number }>()
  const restored = ref<RestoreOutcome | 'cancelled' | ArchiveFailure>()
  let abort = new AbortController()
  const isBusy = computed(() => checking.value !== undefined || restoring.value !== undefined)

  async function load(): Promise<void> {
    try {
      items.value = (await client.archives.list()).items
      state.value = 'ready'
    } catch {
      state.value = 'failed'
    }
  }

  async function check(names: readonly string[]): Promise<void> {
    // What was done last is told of.
    restored.value = undefined
    for (const name of names) {
      checking.value = name
      try {
        await client.archives.verify({ name })
        checks.value.set(name, 'whole')
      } catch (error) {
        checks.value.set(name, failureOf(error))
      }
    }
    checking.value = undefined
  }

  async function restore(request: { name: string } | { fromDay: string; toDay: string }): Promise<void> {
    abort = new AbortController()
    restored.value = undefined
    restoring.value = { done: 0, total: 0 }
    try {
      for await (const step of await client.archives.restoring(request, { signal: abort.signal })) {
        if (step.type === 'progress') restoring.value = step
        else restored.value = step.result
      }
      if (abort.signal.aborted) restored.value = 'cancelled'
    } catch (error) {
      restored.value = abort.signal.aborted ? 'cancelled' : failureOf(error)
    } finally {
      restoring.value = undefined
    }
  }

  async function remove(name: string): Promise<ArchiveFailure | undefined> {
    try {
      await client.archives.remove({ name })
      checks.value.delete(name)
    } catch (error) {
      return failureOf(error)
    } finally {
      await load()
    }
    return undefined
  }

  return {
    items,
    state,
    checks,
    checking,
    restoring,
    restored,
    isBusy,
    load,
    check,
    restore,
    remove,
    cancel: () => abort.abort(),
  }
})

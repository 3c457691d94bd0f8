import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { BackupStep } from '#shared/contract/backups.ts'
import type { CompactStep, DatabaseStatus } from '#shared/contract/database.ts'
import { client } from '../client.ts'

/** What is done for the database. It goes on while other pages are looked at. */
export const useDatabaseCare = defineStore('databaseCare', () => {
  const status = ref<DatabaseStatus | null>(null)
  const compaction = ref<CompactStep | null>(null)
  const backup = ref<BackupStep | null>(null)
  let abort = new AbortController()

  async function refresh(): Promise<void> {
    status.value = await client.database.status()
  }

  async function compact(): Promise<void> {
    if (compaction.value?.type === 'progress') return
    compaction.value = { type: 'progress', phase: 'rewriting', share: 0 }
    try {
      for await (const step of await client.database.compaction()) compaction.value = step
    } catch {
      compaction.value = { type: 'refused', reason: 'other', needsBytes: 0, diskFreeBytes: 0 }
    }
    await refresh().catch(() => undefined)
  }

  async function check(): Promise<void> {
    const checking = client.database.check()
    await refresh().catch(() => undefined)
    await checking.catch(() => undefined)
    await refresh().catch(() => undefined)
  }

  async function backUp(): Promise<void> {
    if (backup.value?.type === 'progress') return
    abort = new AbortController()
    backup.value = { type: 'progress', share: 0 }
    try {
      for await (const step of await client.backups.run(undefined, { signal: abort.signal }))
        backup.value = step
      if (abort.signal.aborted) backup.value = null
    } catch {
      backup.value = abort.signal.aborted ? null : { type: 'failed', reason: 'other' }
    }
  }

  return { status, compaction, backup, refresh, compact, check, backUp, cancelBackup: () => abort.abort() }
})

import type { Archive, ArchiveManifest, RestoreOutcome } from '#shared/contract/archives.ts'
import { chunksOf } from '#shared/chunks-of.ts'
import { LIMITS } from '#shared/limits.ts'
import type { ArchivedCall } from '../store/retention/archived-call.ts'
import type { Store } from '../store/store.ts'
import type { ArchiveFiles } from './archive-files.ts'
import type { ArchivePage } from './archive-reader.ts'
import type { RetentionClock } from './clock.ts'
import { rewriteArchive } from './rewrite-archive.ts'
import type { IsForgotten } from './spare-forgotten.ts'
import { spareForgotten } from './spare-forgotten.ts'
import type { WorkLock } from './work-lock.ts'
import { CHUNK, yielding } from './yielding.ts'

/** An archive, or all archives of some days (UTC), such as 2026-05-30. */
export type RestoreRequest = { name: string } | { fromDay: string; toDay: string }

/** What was archived: looked through, checked, put back. @throws ConsoleError as `ArchiveFunctions` do. */
export interface Archives {
  folder(): string
  list(): Promise<Archive[]>
  search(
    name: string,
    request: { q?: string | undefined; limit: number; cursor?: string | undefined },
  ): Promise<ArchivePage>
  get(name: string, requestId: string): Promise<ArchivedCall | null>
  verify(name: string): Promise<ArchiveManifest>
  /**
   * Puts calls back that are missing. Each archive is checked before its first call is. What was restored is left alone by
   * retention for a while. It may be ended at any point, and done again.
   *
   * @yields after each chunk how far it is.
   */
  restore(
    request: RestoreRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<{ done: number; total: number }, RestoreOutcome>
  remove(name: string): Promise<void>
  /**
   * Takes out of archives what is to stay forgotten: each that holds some is written anew without it, and the old one is
   * deleted when the new one was read back. It waits for what is under way, may be ended at any point, and done again.
   *
   * @yields after each archive how many of how many were looked through.
   * @returns how many calls were taken out.
   */
  forget(signal?: AbortSignal): AsyncGenerator<{ done: number; total: number }, number>
}

interface Parts {
  store: Pick<Store, 'restoreCalls' | 'noteRetention' | 'followCalls'>
  files: Pick<ArchiveFiles, 'call'>
  clock: RetentionClock
  folder: () => string
  lock: WorkLock
  isForgotten: IsForgotten
}

export function createArchives({ store, files, clock, folder, lock, isForgotten }: Parts): Archives {
  const list = () => files.call('list', { folder: folder() })

  const wanted = async (request: RestoreRequest): Promise<{ name: string; manifest: ArchiveManifest }[]> => {
    const at = folder()
    if ('name' in request) {
      const manifest = await files.call('manifest', { folder: at, name: request.name })
      return [{ name: request.name, manifest }]
    }
    const { fromDay, toDay } = request
    return (
      (await list())
        .flatMap(({ name, manifest }) => (manifest ? [{ name, manifest }] : []))
        .filter(({ manifest }) => manifest.day >= fromDay && manifest.day <= toDay)
        // Calls as they were last come before those whose texts went when the calls stayed.
        .sort(
          (a, b) =>
            b.manifest.kind.localeCompare(a.manifest.kind) || b.manifest.createdAt - a.manifest.createdAt,
        )
    )
  }

  async function* restoreAll(
    request: RestoreRequest,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<{ done: number; total: number }, RestoreOutcome> {
    const at = folder()
    const sum: RestoreOutcome = { restored: 0, filled: 0, skipped: 0, feedback: 0 }
    const archives = await wanted(request)
    const total = archives.reduce(
      (all, { manifest }) => all + manifest.counts.calls + manifest.counts.steps,
      0,
    )
    const days = new Set(archives.map(({ manifest }) => Date.parse(manifest.day)))
    await store.noteRetention({
      type: 'keep-days',
      dayStarts: [...days],
      until: clock.now() + LIMITS.restoredDaysMs,
    })
    let done = 0
    yield { done, total }
    for (const { name } of archives) {
      await files.call('verify', { folder: at, name })
      for (let offset: number | null = 0; offset !== null;) {
        const block: { calls: ArchivedCall[]; next: number | null } = await files.call('calls', {
          folder: at,
          name,
          offset,
        })
        for (const chunk of chunksOf(block.calls, CHUNK)) {
          if (signal?.aborted) return sum
          const wanted = chunk.flatMap((call) => spareForgotten(call, isForgotten) ?? [])
          const restored = await yielding(clock, () => store.restoreCalls(wanted))
          sum.restored += restored.restored
          sum.filled += restored.filled
          sum.skipped += restored.skipped + chunk.length - wanted.length
          sum.feedback += restored.feedback
          done += chunk.length
          yield { done, total }
        }
        offset = block.next
      }
    }
    return sum
  }

  return {
    folder,
    list,
    async search(name, request) {
      const { items, nextCursor } = await files.call('search', { folder: folder(), name, ...request })
      return { items: items.filter((item) => !isForgotten(item)), nextCursor }
    },
    async get(name, requestId) {
      const call = await files.call('find', { folder: folder(), name, requestId })
      return call && spareForgotten(call, isForgotten)
    },
    verify: (name) => files.call('verify', { folder: folder(), name }),
    async *restore(request, signal) {
      const release = lock.take()
      try {
        return yield* restoreAll(request, signal)
      } finally {
        release()
      }
    },
    async *forget(signal) {
      const release = await lock.takeLater(signal)
      if (!release) return 0
      try {
        const at = folder()
        const all = await list()
        let [forgotten, done] = [0, 0]
        for (const { name, manifest } of all) {
          if (signal?.aborted) return forgotten
          if (manifest) forgotten += await rewriteArchive(files, { folder: at, name, isForgotten })
          done += 1
          yield { done, total: all.length }
        }
        return forgotten
      } finally {
        release()
      }
    },
    async remove(name) {
      const release = lock.take()
      try {
        await files.call('remove', { folder: folder(), name })
      } finally {
        release()
      }
    },
  }
}

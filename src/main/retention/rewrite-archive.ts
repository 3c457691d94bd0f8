import type { ArchiveManifest } from '#shared/contract/archives.ts'
import type { ArchivedCall } from '../store/retention/archived-call.ts'
import { emptyCounts, emptyTotals, tally } from '../store/retention/archived-call.ts'
import type { ArchiveFiles } from './archive-files.ts'
import type { ArchiveHeader } from './archive-line.ts'

/** What tells whether something is to stay forgotten, in archives, too. */
export type IsForgotten = (call: { requestId: string; userId: string | null; startedAt: number }) => boolean

/**
 * Writes an archive anew without what is to stay forgotten, under a name of its own, and deletes the old one once the new
 * one was read back. An archive that holds nothing of it is left alone; one that holds nothing else is deleted.
 *
 * @returns how many calls were taken out.
 */
export async function rewriteArchive(
  files: Pick<ArchiveFiles, 'call'>,
  { folder, name, isForgotten }: { folder: string; name: string; isForgotten: IsForgotten },
): Promise<number> {
  const old = { folder, name }
  const {
    counts: before,
    totals: _totals,
    data: _data,
    from,
    to,
    ...header
  } = await files.call('verify', old)
  let forgotten = 0
  for await (const { calls } of blocksOf(files, old))
    forgotten += calls.filter((call) => isForgotten(call)).length
  if (forgotten === 0) return 0
  if (forgotten < before.calls + before.steps) {
    const anew = {
      folder,
      name: await files.call('nextName', { folder, day: header.day, kind: header.kind }),
    }
    await files.call('open', anew)
    try {
      await files.call('append', lineOf(header satisfies ArchiveHeader))
      const [counts, totals] = [emptyCounts(), emptyTotals()]
      for await (const { calls } of blocksOf(files, old)) {
        const kept = calls.filter((call) => !isForgotten(call))
        if (kept.length === 0) continue
        for (const call of kept) tally(call, counts, totals)
        await files.call('append', lineOf(...kept))
      }
      const data = await files.call('publishData', null)
      await files.call('publishManifest', {
        ...header,
        from,
        to,
        counts,
        totals,
        data,
      } satisfies ArchiveManifest)
      await files.call('verify', anew)
    } catch (error) {
      await files.call('abort', null)
      throw error
    }
  }
  await files.call('remove', old)
  return forgotten
}

async function* blocksOf(
  files: Pick<ArchiveFiles, 'call'>,
  of: { folder: string; name: string },
): AsyncGenerator<{ calls: ArchivedCall[] }> {
  for (let offset: number | null = 0; offset !== null;) {
    const block: { calls: ArchivedCall[]; next: number | null } = await files.call('calls', { ...of, offset })
    yield block
    offset = block.next
  }
}

function lineOf(...values: readonly object[]): Uint8Array {
  return new TextEncoder().encode(values.map((value) => `${JSON.stringify(value)}\n`).join(''))
}

import type { ArchiveManifest } from '#shared/contract/archives.ts'
import type { ArchivedCall } from '../store/retention/archived-call.ts'
import { emptyCounts, emptyTotals, tally } from '../store/retention/archived-call.ts'
import type { ArchiveFiles } from './archive-files.ts'
import type { ArchiveHeader } from './archive-line.ts'
import type { IsForgotten } from './spare-forgotten.ts'
import { spareForgotten } from './spare-forgotten.ts'

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
  const traces = await tracesOfForgotten(files, { ...old, isForgotten })
  const spare = (call: ArchivedCall) =>
    call.userId === null && call.traceId !== null && traces.has(call.traceId)
      ? null
      : spareForgotten(call, isForgotten)
  let [forgotten, changed] = [0, 0]
  for await (const { calls } of blocksOf(files, old)) {
    for (const call of calls) {
      const spared = spare(call)
      if (spared !== call) changed += 1
      if (spared === null) forgotten += 1
    }
  }
  if (changed === 0) return 0
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
        const kept = calls.flatMap((call) => spare(call) ?? [])
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

/** The traces that forgotten users have a part in and nobody else: what names nobody there goes with them. */
async function tracesOfForgotten(
  files: Pick<ArchiveFiles, 'call'>,
  { isForgotten, ...of }: { folder: string; name: string; isForgotten: IsForgotten },
): Promise<ReadonlySet<string>> {
  const traces = new Set<string>()
  const isOfForgotten = ({ userId, startedAt }: ArchivedCall) =>
    userId !== null && isForgotten({ requestId: null, userId, startedAt })
  for await (const { calls } of blocksOf(files, of))
    for (const call of calls) if (call.traceId !== null && isOfForgotten(call)) traces.add(call.traceId)
  if (traces.size === 0) return traces
  for await (const { calls } of blocksOf(files, of)) {
    for (const call of calls)
      if (call.traceId !== null && call.userId !== null && !isOfForgotten(call)) traces.delete(call.traceId)
  }
  return traces
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

import type { ArchiveManifest } from '#shared/contract/archives.ts'
import { ARCHIVE_FORMAT, ARCHIVE_VERSION } from '#shared/contract/archives.ts'
import { LIMITS } from '#shared/limits.ts'
import type { ArchiveBlock } from '../store/queries/archive-block.ts'
import type { CallPlace } from '../store/queries/call-places.ts'
import type { ExpiryKind, ExpiryScope } from '../store/queries/expiry-scope.ts'
import { emptyCounts, emptyTotals } from '../store/retention/archived-call.ts'
import type { ExpiringCall } from '../store/retention/expire-calls.ts'
import type { Store } from '../store/store.ts'
import type { ArchiveFiles } from './archive-files.ts'
import type { ArchiveHeader } from './archive-line.ts'

/** What is packed together: so much is in memory at a time. */
const BLOCK_BYTES = 1024 * 1024
const BLOCK_CALLS = 2_000

export interface ArchiveDayRequest {
  folder: string
  name: string
  dayStart: number
  kind: ExpiryKind
  scope: ExpiryScope
  after: CallPlace | null
  createdAt: number
  versions: { app: string; schema: string }
  signal: AbortSignal
  /** Names the moments at which the console may be killed, for tests. */
  onStep: (step: string) => void
}

export interface ArchivedDay {
  calls: ExpiringCall[]
  end: CallPlace
}

/**
 * Archives the next calls of a day that are to go, as many as go into one archive, and reads the archive back. When it
 * returns, the archive is on the disk and holds what it says.
 *
 * @returns null: there are no more, or the signal ended it; there is no archive then.
 * @throws ConsoleError as `ArchiveFunctions` do; there is no archive then, either.
 */
export async function archiveDay(
  store: Pick<Store, 'ask'>,
  files: Pick<ArchiveFiles, 'call'>,
  request: ArchiveDayRequest,
): Promise<ArchivedDay | null> {
  const { folder, name, kind, createdAt, versions, signal, onStep } = request
  const day = new Date(request.dayStart).toISOString().slice(0, 10)
  const header: ArchiveHeader = {
    format: ARCHIVE_FORMAT,
    version: ARCHIVE_VERSION,
    kind,
    day,
    createdAt,
    appVersion: versions.app,
    schemaVersion: versions.schema,
  }
  await files.call('open', { folder, name })
  try {
    onStep('archive-opened')
    const headerBytes = new TextEncoder().encode(`${JSON.stringify(header)}\n`)
    await files.call('append', headerBytes)
    const written = await writeBlocks(store, files, request)
    if (!written || signal.aborted) {
      await files.call('abort', null)
      return null
    }
    const data = await files.call('publishData', null)
    onStep('data-published')
    const { calls, end, ...facts } = written
    await files.call('publishManifest', { ...header, ...facts, data } satisfies ArchiveManifest)
    onStep('manifest-published')
    try {
      await files.call('verify', { folder, name })
    } catch (error) {
      // It is ours, of a moment ago, and its calls are all where they were.
      await files.call('remove', { folder, name })
      throw error
    }
    onStep('verified')
    return { calls, end }
  } catch (error) {
    await files.call('abort', null).catch(() => undefined)
    throw error
  }
}

async function writeBlocks(
  store: Pick<Store, 'ask'>,
  files: Pick<ArchiveFiles, 'call'>,
  { dayStart, kind, scope, after, signal, onStep }: ArchiveDayRequest,
) {
  const calls: ExpiringCall[] = []
  const counts = emptyCounts()
  const totals = emptyTotals()
  let bytes = 0
  let end = after
  let from: number | undefined
  let to: number | undefined
  while (calls.length < LIMITS.archiveCalls && bytes < LIMITS.archiveBytes && !signal.aborted) {
    const limit = Math.min(BLOCK_CALLS, LIMITS.archiveCalls - calls.length)
    const block: ArchiveBlock | null = await store.ask('archiveBlock', {
      dayStart,
      kind,
      scope,
      after: end,
      limit,
      maxBytes: BLOCK_BYTES,
    })
    if (!block) break
    await files.call('append', block.lines)
    onStep('block-written')
    bytes += block.lines.length
    calls.push(...block.calls)
    add(counts, block.counts)
    add(totals, block.totals)
    from ??= block.firstStartedAt
    to = block.lastStartedAt
    end = block.end
  }
  if (end === null || from === undefined || to === undefined) return null
  return { calls, end, from, to, counts, totals }
}

function add<Sums extends Record<keyof Sums, number>>(sums: Sums, more: Sums): void {
  for (const key of Object.keys(sums) as (keyof Sums)[])
    sums[key] = (sums[key] + more[key]) as Sums[keyof Sums]
}

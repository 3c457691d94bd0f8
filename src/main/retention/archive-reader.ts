import { createHash } from 'node:crypto'
import { readFileSync, rmSync, statSync } from 'node:fs'
import type { Archive, ArchivedItem, ArchiveManifest, ArchiveProblem } from '#shared/contract/archives.ts'
import { ARCHIVE_VERSION, archiveManifestSchema } from '#shared/contract/archives.ts'
import { ConsoleError } from '#shared/errors.ts'
import { LIMITS } from '#shared/limits.ts'
import type { ArchivedCall } from '../store/retention/archived-call.ts'
import { emptyCounts, emptyTotals, tally } from '../store/retention/archived-call.ts'
import { ArchiveFile, damaged } from './archive-file.ts'
import { linesOf, readLine } from './archive-line.ts'
import { archiveNames, archivePaths } from './archive-paths.ts'
import { syncFolder } from './archive-writer.ts'

/** What is unpacked for one page of a search; the next one goes on from there. */
const SEARCHED_BYTES = 16 * 1024 * 1024
/** Around what was found. */
const EXCERPT_LENGTH = 60

/** @throws ConsoleError `archive-missing`, `archive-damaged`, `archive-newer`, `archive-bad-name` */
export function readManifest(folder: string, name: string): ArchiveManifest {
  const paths = archivePaths(folder, name)
  const parsed = archiveManifestSchema.safeParse(readJson(paths.manifest))
  if (!parsed.success) {
    if (isNewer(readJson(paths.manifest))) throw newer()
    throw damaged('its manifest cannot be read')
  }
  if (parsed.data.version > ARCHIVE_VERSION) throw newer()
  // It may name no other file, wherever that is.
  if (parsed.data.data.file !== paths.dataFile)
    throw new ConsoleError(
      'archive-bad-name',
      'The manifest of the archive names a file that is not its own. Nothing was read.',
    )
  return parsed.data
}

function readJson(path: string): unknown {
  try {
    if (statSync(path).size > LIMITS.archiveManifestBytes) return null
    return JSON.parse(readFileSync(path, 'utf8')) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw new ConsoleError('archive-missing', 'There is no archive with this name.', { cause: error })
  }
}

function isNewer(manifest: unknown): boolean {
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) return false
  return typeof manifest.version === 'number' && manifest.version > ARCHIVE_VERSION
}

function newer(): ConsoleError {
  return new ConsoleError(
    'archive-newer',
    'The archive was written by a newer version of LLMOps Console. Install that version to read it.',
  )
}

export function listArchives(folder: string): Archive[] {
  return archiveNames(folder).map((name) => {
    const sizeBytes = statSync(archivePaths(folder, name).data, { throwIfNoEntry: false })?.size ?? 0
    try {
      const manifest = readManifest(folder, name)
      const problem: ArchiveProblem | null =
        sizeBytes === 0 ? 'archive-missing' : sizeBytes === manifest.data.sizeBytes ? null : 'archive-damaged'
      return { name, manifest, problem, sizeBytes }
    } catch (error) {
      if (!(error instanceof ConsoleError)) throw error
      return { name, manifest: null, problem: error.code as ArchiveProblem, sizeBytes }
    }
  })
}

/** Reads an archive to its end. @throws ConsoleError unless it holds what its manifest says. */
export function verifyArchive(folder: string, name: string): ArchiveManifest {
  const manifest = readManifest(folder, name)
  const hash = createHash('sha256')
  const counts = emptyCounts()
  const totals = emptyTotals()
  let rawBytes = 0
  const file = new ArchiveFile(archivePaths(folder, name).data)
  try {
    if (file.sizeBytes !== manifest.data.sizeBytes) throw damaged('it is not as long as its manifest says')
    for (let offset: number | null = 0; offset !== null;) {
      const block = file.blockAt(offset)
      hash.update(block.packed)
      rawBytes += block.raw.length
      for (const line of linesOf(block.raw)) {
        const call = readLine(line)
        if (!call) throw damaged('a line is not that of a call')
        tally(call, counts, totals)
      }
      offset = block.next
    }
  } finally {
    file.close()
  }
  if (hash.digest('hex') !== manifest.data.sha256) throw damaged('it does not agree with its checksum')
  const isSame = (a: object, b: object) =>
    Object.entries(a).every(([key, value]) => Reflect.get(b, key) === value)
  if (
    rawBytes !== manifest.data.rawBytes ||
    !isSame(counts, manifest.counts) ||
    !isSame(totals, manifest.totals)
  )
    throw damaged('it does not hold what its manifest says')
  return manifest
}

/** @returns the calls of the block at an offset, and where the next one begins. */
export function readCalls(
  folder: string,
  name: string,
  offset: number,
): { calls: ArchivedCall[]; next: number | null } {
  readManifest(folder, name)
  const file = new ArchiveFile(archivePaths(folder, name).data)
  try {
    const { raw, next } = file.blockAt(offset)
    return {
      calls: linesOf(raw).map((line) => {
        const call = readLine(line)
        if (!call) throw damaged('a line is not that of a call')
        return call
      }),
      next,
    }
  } finally {
    file.close()
  }
}

export interface ArchivePage {
  items: ArchivedItem[]
  nextCursor: string | null
}

/** Calls of an archive in its order, from a cursor on; of a text, those that hold it. */
export function searchArchive(
  folder: string,
  name: string,
  request: { q?: string | undefined; limit: number; cursor?: string | undefined },
): ArchivePage {
  readManifest(folder, name)
  const [offset = 0, skip = 0] = request.cursor?.split('.').map(Number) ?? []
  const wanted = request.q?.toLowerCase() ?? ''
  // As it stands in a line of JSON: most lines need not be parsed.
  const escaped = JSON.stringify(wanted).slice(1, -1)
  const items: ArchivedItem[] = []
  const file = new ArchiveFile(archivePaths(folder, name).data)
  try {
    let searched = 0
    let from = skip
    for (let at: number | null = offset; at !== null;) {
      if (searched >= SEARCHED_BYTES) return { items, nextCursor: `${at}.0` }
      const { raw, next } = file.blockAt(at)
      searched += raw.length
      for (const [index, line] of linesOf(raw).entries()) {
        if (index < from) continue
        if (items.length === request.limit) return { items, nextCursor: `${at}.${index}` }
        if (wanted !== '' && !line.toLowerCase().includes(escaped)) continue
        const item = itemOf(line, wanted)
        if (item) items.push(item)
      }
      from = 0
      at = next
    }
    return { items, nextCursor: null }
  } finally {
    file.close()
  }
}

/** @returns all that the archive holds of a call; null: it does not hold it. */
export function findArchived(folder: string, name: string, requestId: string): ArchivedCall | null {
  readManifest(folder, name)
  const id = `"requestId":${JSON.stringify(requestId)}`
  const file = new ArchiveFile(archivePaths(folder, name).data)
  try {
    for (let at: number | null = 0; at !== null;) {
      const { raw, next } = file.blockAt(at)
      for (const line of linesOf(raw)) {
        const call = line.includes(id) ? readLine(line) : null
        if (call?.requestId === requestId) return call
      }
      at = next
    }
    return null
  } finally {
    file.close()
  }
}

/** The manifest first: data without one are no archive. */
export function removeArchive(folder: string, name: string): void {
  const { manifest, data } = archivePaths(folder, name)
  if (!archiveNames(folder).includes(name))
    throw new ConsoleError('archive-missing', 'There is no archive with this name.')
  rmSync(manifest, { force: true })
  rmSync(data, { force: true })
  syncFolder(folder)
}

function itemOf(line: string, wanted: string): ArchivedItem | null {
  const call = readLine(line)
  if (!call) throw damaged('a line is not that of a call')
  const excerpt = wanted === '' ? null : excerptOf(call, wanted)
  if (wanted !== '' && excerpt === null) return null
  return {
    requestId: call.requestId,
    app: call.app,
    model: call.model ?? call.requestModel,
    userId: call.userId,
    status: call.status,
    errorType: call.errorType,
    startedAt: call.startedAt,
    durationMs: call.durationUs === null ? null : call.durationUs / 1_000,
    totalTokens: call.totalTokens,
    costNanos: call.costNanos,
    isStep: call.isStep,
    excerpt,
  }
}

/** Where it is in what people write and read; not in the names of fields. */
function excerptOf(call: ArchivedCall, wanted: string): string | null {
  const texts = [
    call.prompt?.text,
    call.response?.text,
    call.errorMessage,
    call.requestId,
    call.userId,
    call.sessionId,
    call.app,
    call.model,
    call.errorType,
    call.traceId,
    ...call.tags,
    ...call.feedback.map(({ comment }) => comment),
  ]
  for (const text of texts) {
    const place = text?.toLowerCase().indexOf(wanted) ?? -1
    if (!text || place < 0) continue
    const start = Math.max(0, place - EXCERPT_LENGTH)
    const end = Math.min(text.length, place + wanted.length + EXCERPT_LENGTH)
    return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`
  }
  return null
}

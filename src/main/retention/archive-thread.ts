import { parentPort } from 'node:worker_threads'
import type { Archive, ArchiveManifest } from '#shared/contract/archives.ts'
import { ConsoleError } from '#shared/errors.ts'
import { giveWay } from '../store/give-way.ts'
import type { ArchivedCall } from '../store/retention/archived-call.ts'
import type { ThreadRequest } from '../store/thread-link.ts'
import { ThreadServer } from '../store/thread-link.ts'
import type { ArchivePage } from './archive-reader.ts'
import {
  findArchived,
  listArchives,
  readCalls,
  readManifest,
  removeArchive,
  searchArchive,
  verifyArchive,
} from './archive-reader.ts'
import { nextArchiveName } from './archive-paths.ts'
import { ArchiveWriter } from './archive-writer.ts'

type Of<More = object> = { folder: string; name: string } & More

/** What the thread does that works on the files of archives. It packs and reads, so that nobody waits for it. */
export type ArchiveFunctions = {
  list(request: { folder: string }): Archive[]
  nextName(request: { folder: string; day: string; kind: string }): string
  manifest(request: Of): ArchiveManifest
  verify(request: Of): ArchiveManifest
  search(request: Of<{ q?: string | undefined; limit: number; cursor?: string | undefined }>): ArchivePage
  find(request: Of<{ requestId: string }>): ArchivedCall | null
  calls(request: Of<{ offset: number }>): { calls: ArchivedCall[]; next: number | null }
  remove(request: Of): void
  /** Begins an archive; there is one at a time. */
  open(request: Of): void
  append(lines: Uint8Array): void
  publishData(input: null): ArchiveManifest['data']
  publishManifest(manifest: ArchiveManifest): void
  /** Ends what `open` began and leaves nothing of it. */
  abort(input: null): void
  /** Leaves nothing of an archive that was being written when the console ended. */
  discard(request: Of): void
  close(input: null): void
}

const functions: { [Name in Exclude<keyof ArchiveFunctions, 'close'>]: ArchiveFunctions[Name] } = {
  list: ({ folder }) => listArchives(folder),
  nextName: ({ folder, day, kind }) => nextArchiveName(folder, day, kind),
  manifest: ({ folder, name }) => readManifest(folder, name),
  verify: ({ folder, name }) => verifyArchive(folder, name),
  search: ({ folder, name, ...request }) => searchArchive(folder, name, request),
  find: ({ folder, name, requestId }) => findArchived(folder, name, requestId),
  calls: ({ folder, name, offset }) => readCalls(folder, name, offset),
  remove: ({ folder, name }) => removeArchive(folder, name),
  open({ folder, name }) {
    writer = new ArchiveWriter(folder, name)
  },
  append: (lines) => writing().append(lines),
  publishData: () => writing().publishData(),
  publishManifest(manifest) {
    writing().publishManifest(manifest)
    writer = undefined
  },
  abort() {
    writer?.abort()
    writer = undefined
  },
  discard({ folder, name }) {
    new ArchiveWriter(folder, name).abort()
  },
}

let writer: ArchiveWriter | undefined

function writing(): ArchiveWriter {
  if (!writer) throw new Error('no archive is being written')
  return writer
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** What went wrong with files, in the console's codes. */
function asArchiveError(error: unknown): unknown {
  if (error instanceof ConsoleError || !(error instanceof Error) || !('code' in error)) return error
  const code = String(error.code)
  if (FULL.has(code))
    return new ConsoleError(
      'archive-disk-full',
      'The archive could not be written: the disk is full. Nothing was deleted. Free some space, or choose another folder.',
      { cause: error },
    )
  return new ConsoleError(
    'archive-folder-unusable',
    `The archive folder cannot be used (${code}). Nothing was deleted. Check its permissions, or choose another folder.`,
    { cause: error },
  )
}

function main(): void {
  if (!parentPort) throw new Error('archives are worked on by a worker thread')
  giveWay()
  const port = parentPort
  const server = new ThreadServer(port)
  port.on('message', (request: ThreadRequest<ArchiveFunctions>) => {
    try {
      if (request.name === 'close') {
        server.succeed(request.id, undefined)
        port.close()
        return
      }
      // The link pairs each name with its own input, which the compiler cannot follow through a look-up.
      const run: (input: never) => unknown = functions[request.name]
      server.succeed(request.id, run(request.input as never))
    } catch (error) {
      server.fail(request.id, asArchiveError(error))
    }
  })
  server.ready()
}

main()

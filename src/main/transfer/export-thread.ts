import type { FileHandle } from 'node:fs/promises'
import { open } from 'node:fs/promises'
import type { CallExportRequest } from '#shared/contract/call-exports.ts'
import { CallPages } from '../store/call-pages.ts'
import type { DatabaseOptions } from '../store/database.ts'
import { openForReading } from '../store/database.ts'
import { serveJob } from '../store/thread-job.ts'
import type { ByteSink } from './call-encoder.ts'
import { callEncoder } from './call-encoder.ts'

export interface ExportJob {
  database: DatabaseOptions
  request: CallExportRequest
  /** A file that is not there yet; absent: the bytes are handed over. */
  file: string | undefined
}

export type ExportJobStep =
  { type: 'progress'; calls: number; share: number } | { type: 'bytes'; bytes: Uint8Array<ArrayBuffer> }

export interface ExportJobResult {
  calls: number
  sizeBytes: number
}

const PROGRESS_MS = 250

serveJob<ExportJob, ExportJobStep, ExportJobResult>(async ({ database, request, file }, report) => {
  const { format, withBodies, ...filter } = request
  const opened = openForReading(database)
  let handle: FileHandle | undefined
  try {
    // Prompts are nobody else's business.
    handle = file === undefined ? undefined : await open(file, 'wx', 0o600)
    let sizeBytes = 0
    const write: ByteSink = async (bytes) => {
      sizeBytes += bytes.byteLength
      if (handle) await handle.writeFile(bytes)
      else if (bytes.byteLength > 0) await report({ type: 'bytes', bytes }, [bytes.buffer])
    }
    const pages = new CallPages(opened, filter, { withBodies, withFeedback: format === 'jsonl' })
    const encoder = callEncoder(format, { withBodies }, write)
    let calls = 0
    let toldAt = 0
    for (const page of pages.pages()) {
      for (const row of page.calls) {
        await encoder.add(row)
        calls += 1
      }
      if (page.end === null || Date.now() - toldAt < PROGRESS_MS) continue
      toldAt = Date.now()
      await report({ type: 'progress', calls, share: pages.shareBefore(page.end) })
    }
    await encoder.end()
    await handle?.sync()
    return { calls, sizeBytes }
  } finally {
    await handle?.close()
    opened.sqlite.close()
  }
})

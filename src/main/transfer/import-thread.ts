import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { CallImportFormat } from '#shared/contract/call-imports.ts'
import { LIMITS } from '#shared/limits.ts'
import type { OtlpLogRecord } from '../ingest/index.ts'
import type { NewCall } from '../store/call.ts'
import type { NewFeedback } from '../store/feedback.ts'
import { serveJob } from '../store/thread-job.ts'
import { JsonRecords } from './json-records.ts'
import { readRecord } from './read-record.ts'

export interface ImportJob {
  file: string
  app: string
  /** Stop after so many calls; absent: read all. */
  limit: number | undefined
}

/** Calls to be stored together, and what else was met on the way. */
export interface ImportBatch {
  format: CallImportFormat | null
  calls: NewCall[]
  logs: OtlpLogRecord[]
  feedback: NewFeedback[]
  problems: { line: number; reason: string; count: number }[]
  /** How much of the file was read, 0 to 1. */
  share: number
}

/** As many calls, or as much text, as make one transaction. */
const BATCH_CALLS = 500
const BATCH_LENGTH = 2 * 1024 * 1024
const BATCH_PROBLEMS = 500
const RECORDS_LOOKED_AT = 50
const READ_BYTES = 256 * 1024
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])

serveJob<ImportJob, ImportBatch, null>(async ({ file, app, limit = Infinity }, report) => {
  const { size } = await stat(file)
  const raw = createReadStream(file, { highWaterMark: READ_BYTES })
  const content = (await isGzip(file)) ? gunzipped(raw) : raw
  const records = new JsonRecords({ maxBytes: LIMITS.importedRecordBytes })
  let batch = emptyBatch()
  let length = 0
  let calls = 0
  let seen = 0
  /** Whoever only wants to look is not kept waiting by a file that holds nothing. */
  const isEnough = () => calls >= limit || (limit !== Infinity && seen >= RECORDS_LOOKED_AT)
  const flush = async (): Promise<void> => {
    const full = { ...batch, share: size === 0 ? 1 : Math.min(1, raw.bytesRead / size) }
    batch = emptyBatch()
    length = 0
    await report(full)
  }
  const take = async (cut: ReturnType<JsonRecords['push']>): Promise<void> => {
    for (const { line, text } of cut) {
      seen += 1
      if (text === null) {
        batch.problems.push({ line, reason: TOO_LONG, count: 1 })
      } else {
        const read = readRecord(text, app, Date.now())
        batch.format ??= read.format
        batch.calls.push(...read.calls)
        batch.logs.push(...read.logs)
        batch.feedback.push(...read.feedback)
        batch.problems.push(...read.rejections.map((rejection) => ({ line, ...rejection })))
        length += text.length
        calls += read.calls.length
      }
      const isFull =
        batch.calls.length + batch.logs.length >= BATCH_CALLS ||
        batch.feedback.length >= BATCH_CALLS ||
        length >= BATCH_LENGTH ||
        batch.problems.length >= BATCH_PROBLEMS
      if (isFull) await flush()
      if (isEnough()) return
    }
  }
  try {
    for await (const chunk of content) {
      await take(records.push(chunk as Buffer))
      if (isEnough()) break
    }
    if (!isEnough()) await take(records.end())
  } catch (error) {
    // What could be read of a damaged file is not lost.
    await flush()
    throw error
  } finally {
    raw.destroy()
  }
  await flush()
  return null
})

const TOO_LONG = `is longer than ${LIMITS.importedRecordBytes / 1024 / 1024} MiB`

function emptyBatch(): Omit<ImportBatch, 'share'> {
  return { format: null, calls: [], logs: [], feedback: [], problems: [] }
}

function gunzipped(raw: Readable): Readable {
  const content = createGunzip()
  raw.on('error', (error) => content.destroy(error))
  return raw.pipe(content)
}

async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return buffer.equals(GZIP_MAGIC)
  } finally {
    await handle.close()
  }
}

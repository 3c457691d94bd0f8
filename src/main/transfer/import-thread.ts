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
import type { Fields } from './fields.ts'
import { csvRecords, isTableOfRuns } from './csv-records.ts'
import { JsonRecords } from './json-records.ts'
import type { ReadRecord } from './read-record.ts'
import { readRecord, readRow } from './read-record.ts'

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

/**
 * As many calls, or as much text, as make one transaction. Each text is copied twice on its way to the writer, and every
 * thread clears up after itself: with twice as much the process grows by 50 MB more.
 */
const BATCH_CALLS = 500
const BATCH_LENGTH = 1024 * 1024
const BATCH_PROBLEMS = 500
const RECORDS_LOOKED_AT = 50
const READ_BYTES = 256 * 1024
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])

serveJob<ImportJob, ImportBatch, null>(async ({ file, app, limit = Infinity }, report) => {
  const { size } = await stat(file)
  const raw = createReadStream(file, { highWaterMark: READ_BYTES })
  const content = (await isGzip(file)) ? gunzipped(raw) : raw
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
  const add = ({ line, read }: ImportedRecord): void => {
    seen += 1
    batch.format ??= read.format
    batch.calls.push(...read.calls)
    batch.logs.push(...read.logs)
    batch.feedback.push(...read.feedback)
    batch.problems.push(...read.rejections.map((rejection) => ({ line, ...rejection })))
    calls += read.calls.length
  }
  const isFull = () =>
    batch.calls.length + batch.logs.length >= BATCH_CALLS ||
    batch.feedback.length >= BATCH_CALLS ||
    length >= BATCH_LENGTH ||
    batch.problems.length >= BATCH_PROBLEMS
  try {
    for await (const record of recordsOf(content, app)) {
      add(record)
      length += record.length
      if (isFull()) await flush()
      if (isEnough()) break
    }
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

interface ImportedRecord {
  line: number
  /** Of its text. */
  length: number
  read: ReadRecord
}

/** Records of a file, by what its beginning looks like. */
async function* recordsOf(content: AsyncIterable<unknown>, app: string): AsyncGenerator<ImportedRecord> {
  const chunks = (content as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  const first = await chunks.next()
  if (first.done) return
  const all = joined(first.value, chunks)
  const limits = { maxBytes: LIMITS.importedRecordBytes }
  if (isTableOfRuns(first.value)) {
    for await (const { line, fields } of csvRecords(all, limits)) {
      const read = fields ? readRow(fields, app, Date.now()) : rejected('is not a row of the table')
      yield { line, length: lengthOf(fields), read }
    }
    return
  }
  const records = new JsonRecords(limits)
  const readAll = function* (cut: ReturnType<JsonRecords['push']>): Generator<ImportedRecord> {
    for (const { line, text } of cut) {
      const read = text === null ? rejected(TOO_LONG) : readRecord(text, app, Date.now())
      yield { line, length: text?.length ?? 0, read }
    }
  }
  for await (const chunk of all) yield* readAll(records.push(chunk))
  yield* readAll(records.end())
}

async function* joined(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

function rejected(reason: string): ReadRecord {
  return { format: null, calls: [], logs: [], feedback: [], rejections: [{ reason, count: 1 }] }
}

function lengthOf(fields: Fields | null): number {
  return Object.values(fields ?? {}).reduce<number>((sum, value) => sum + String(value).length, 0)
}

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

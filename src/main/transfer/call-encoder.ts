import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import type { CallFormat } from '#shared/contract/call-exports.ts'
import { csvHead, csvLine } from '#shared/export/csv.ts'
import type { CallRow } from '../store/call-pages.ts'
import type { CallColumn } from './call-columns.ts'
import { callColumns, cellValue } from './call-columns.ts'
import { callRecord } from './call-record.ts'

/** Where the bytes of a file go; it resolves when there is room for more. */
export type ByteSink = (bytes: Uint8Array<ArrayBuffer>) => Promise<void>

/** Writes calls as a file, a part at a time. */
export interface CallEncoder {
  /** Takes a call in, and writes what has come together. */
  add(row: CallRow): Promise<void>
  /** Writes the rest. */
  end(): Promise<void>
}

/** Text is handed on in pieces of about this size. */
const CHUNK_LENGTH = 256 * 1024
/** Of a Parquet file: a group is in memory until it is full, and readers like large ones. */
const GROUP_ROWS = 50_000
const GROUP_TEXT_LENGTH = 24 * 1024 * 1024

export function callEncoder(format: CallFormat, { withBodies }: { withBodies: boolean }, write: ByteSink) {
  if (format === 'jsonl') return new LineEncoder(write, '', (row) => `${JSON.stringify(callRecord(row))}\n`)
  const columns = callColumns({ withBodies })
  if (format === 'parquet') return new ParquetEncoder(columns, write)
  const head = csvHead(columns.map(({ name }) => name))
  return new LineEncoder(write, head, (row) => csvLine(columns.map((column) => cellValue(column, row))))
}

class LineEncoder implements CallEncoder {
  readonly #write: ByteSink
  readonly #lineOf: (row: CallRow) => string
  #text: string

  constructor(write: ByteSink, head: string, lineOf: (row: CallRow) => string) {
    this.#write = write
    this.#text = head
    this.#lineOf = lineOf
  }

  async add(row: CallRow): Promise<void> {
    this.#text += this.#lineOf(row)
    if (this.#text.length >= CHUNK_LENGTH) await this.end()
  }

  async end(): Promise<void> {
    const bytes = new Uint8Array(Buffer.byteLength(this.#text))
    new TextEncoder().encodeInto(this.#text, bytes)
    this.#text = ''
    await this.#write(bytes)
  }
}

const PARQUET_TYPES = {
  text: 'STRING',
  json: 'JSON',
  time: 'TIMESTAMP',
  integer: 'INT64',
  number: 'DOUBLE',
} as const satisfies Record<CallColumn['type'], string>

class ParquetEncoder implements CallEncoder {
  readonly #columns: readonly CallColumn[]
  readonly #sink: SinkWriter
  readonly #writer: ParquetWriter
  #rows: unknown[][] = []
  #textLength = 0

  constructor(columns: readonly CallColumn[], write: ByteSink) {
    this.#columns = columns
    this.#sink = new SinkWriter(write)
    this.#writer = new ParquetWriter({
      writer: this.#sink,
      schema: schemaFromColumnData({ columnData: this.#columnData() }),
      createdBy: 'LLMOps Console',
    })
  }

  async add(row: CallRow): Promise<void> {
    const values = this.#columns.map((column) => parquetValue(column, row))
    this.#rows.push(values)
    for (const value of values) if (typeof value === 'string') this.#textLength += value.length
    if (this.#rows.length >= GROUP_ROWS || this.#textLength >= GROUP_TEXT_LENGTH) await this.#writeGroup()
  }

  async end(): Promise<void> {
    if (this.#rows.length > 0) await this.#writeGroup()
    await this.#writer.finish()
    await this.#sink.flush()
  }

  async #writeGroup(): Promise<void> {
    const columnData = this.#columnData()
    const rowGroupSize = this.#rows.length
    this.#rows = []
    this.#textLength = 0
    await this.#writer.write({ columnData, rowGroupSize })
  }

  #columnData() {
    return this.#columns.map(({ name, type }, index) => ({
      name,
      type: PARQUET_TYPES[type],
      data: this.#rows.map((values) => values[index]),
    }))
  }
}

function parquetValue(column: CallColumn, row: CallRow): unknown {
  const value = column.of(row) ?? null
  if (value === null) return null
  switch (column.type) {
    case 'time':
      return new Date(Number(value))
    case 'integer':
      return BigInt(value)
    case 'json':
      return JSON.parse(String(value)) as unknown
    case 'text':
    case 'number':
      return value
  }
}

/** Hands on what was written when a group of rows is complete, and begins anew. */
class SinkWriter extends ByteWriter {
  readonly #write: ByteSink

  constructor(write: ByteSink) {
    super()
    this.#write = write
  }

  flush(): Promise<void> {
    const bytes = new Uint8Array(this.getBytes())
    this.index = 0
    return this.#write(bytes)
  }
}

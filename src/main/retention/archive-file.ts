import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import { ConsoleError } from '#shared/errors.ts'
import { LIMITS } from '#shared/limits.ts'

/**
 * A block of an archive is a member of a gzip file (RFC 1952) that says in an extra field how long it is, as bgzip does:
 * any gzip reads the file, and we find a block without reading those before it.
 */
const HEADER_BYTES = 20
const TRAILER_BYTES = 8
const GZIP_START = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 8, 0, 0x4c, 0x43, 4, 0])

/** @param raw lines of JSON, UTF-8 */
export function packBlock(raw: Uint8Array): Buffer {
  const deflated = deflateRawSync(raw)
  const length = HEADER_BYTES + deflated.length + TRAILER_BYTES
  const header = Buffer.alloc(HEADER_BYTES)
  GZIP_START.copy(header)
  header.writeUInt32LE(length, GZIP_START.length)
  const trailer = Buffer.alloc(TRAILER_BYTES)
  trailer.writeUInt32LE(crc32(raw), 0)
  trailer.writeUInt32LE(raw.length, 4)
  return Buffer.concat([header, deflated, trailer], length)
}

export interface ReadBlock {
  packed: Buffer
  raw: Buffer
  /** Where the next one begins; null: it was the last. */
  next: number | null
}

/** Reads an archive's data block by block, whatever is in the file. */
export class ArchiveFile {
  readonly #fd: number
  readonly #sizeBytes: number

  /** @throws ConsoleError `archive-missing` */
  constructor(path: string) {
    try {
      this.#fd = openSync(path, 'r')
    } catch (error) {
      throw new ConsoleError('archive-missing', 'The data of the archive are missing, or cannot be read.', {
        cause: error,
      })
    }
    this.#sizeBytes = fstatSync(this.#fd).size
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** @throws ConsoleError `archive-damaged`: there is no whole block there. */
  blockAt(offset: number): ReadBlock {
    const header = this.#read(offset, HEADER_BYTES)
    if (!header.subarray(0, GZIP_START.length).equals(GZIP_START)) throw damaged('a block has no beginning')
    const length = header.readUInt32LE(GZIP_START.length)
    if (length < HEADER_BYTES + TRAILER_BYTES || length > LIMITS.archiveBytes)
      throw damaged('a block has no end')
    const packed = this.#read(offset, length)
    const deflated = packed.subarray(HEADER_BYTES, length - TRAILER_BYTES)
    const raw = inflate(deflated)
    const trailer = packed.subarray(length - TRAILER_BYTES)
    if (crc32(raw) !== trailer.readUInt32LE(0)) throw damaged('a block does not agree with its checksum')
    const next = offset + length
    return { packed, raw, next: next < this.#sizeBytes ? next : null }
  }

  close(): void {
    closeSync(this.#fd)
  }

  #read(offset: number, length: number): Buffer {
    if (offset < 0 || offset + length > this.#sizeBytes) throw damaged('its end is missing')
    const bytes = Buffer.allocUnsafe(length)
    for (let read = 0; read < length;) {
      const count = readSync(this.#fd, bytes, read, length - read, offset + read)
      if (count === 0) throw damaged('its end is missing')
      read += count
    }
    return bytes
  }
}

function inflate(deflated: Uint8Array): Buffer {
  try {
    return inflateRawSync(deflated, {
      finishFlush: constants.Z_FINISH,
      // A block holds one line too many, at most.
      maxOutputLength: 2 * LIMITS.archiveLineBytes,
    })
  } catch (error) {
    throw new ConsoleError('archive-damaged', damaged('a block cannot be unpacked').message, { cause: error })
  }
}

/** @param how it is, without a word of what it holds. */
export function damaged(how: string): ConsoleError {
  return new ConsoleError(
    'archive-damaged',
    `The archive is damaged: ${how}. Nothing was changed. If there is a copy of its two files, put it in their place.`,
  )
}

import type { Transform } from 'node:stream'
import zlib from 'node:zlib'

/** Undoes a body's `Content-Encoding` beside the stream: the caller gets the bytes as the upstream sent them. */
export interface ContentDecoder {
  push(chunk: Uint8Array): void
  /** Resolves when all that was pushed has been decoded. */
  end(): Promise<void>
  /** Whether something could not be decoded. */
  readonly hasFailed: boolean
}

/** What may wait to be decoded; a body that comes faster than it can be decoded is given up, not piled up. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024

/**
 * @param encoding the header; several codings one upon another are not decoded, as no vendor sends them.
 * @param maxDecodedBytes after this many it stops: a small body may unfold to a huge one.
 */
export function createContentDecoder(
  encoding: string | undefined,
  maxDecodedBytes: number,
  onData: (chunk: Uint8Array) => void,
): ContentDecoder {
  const name = encoding?.trim().toLowerCase() ?? 'identity'
  if (name === 'identity' || name === '')
    return { push: onData, end: async () => undefined, hasFailed: false }
  const stream = createStream(name)
  return stream
    ? new StreamDecoder(stream, maxDecodedBytes, onData)
    : { push: () => undefined, end: async () => undefined, hasFailed: true }
}

function createStream(name: string): Transform | undefined {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip()
    case 'deflate':
      return zlib.createInflate()
    case 'br':
      return zlib.createBrotliDecompress()
    case 'zstd':
      // Older runtimes have none.
      return 'createZstdDecompress' in zlib ? zlib.createZstdDecompress() : undefined
    default:
      return undefined
  }
}

class StreamDecoder implements ContentDecoder {
  readonly #stream: Transform
  readonly #settled: Promise<void>
  hasFailed = false

  constructor(stream: Transform, maxDecodedBytes: number, onData: (chunk: Uint8Array) => void) {
    this.#stream = stream
    let decodedBytes = 0
    this.#settled = new Promise((resolve) => {
      stream.on('data', (chunk: Uint8Array) => {
        decodedBytes += chunk.length
        if (decodedBytes <= maxDecodedBytes) return onData(chunk)
        this.#giveUp()
      })
      stream.on('error', () => (this.hasFailed = true))
      stream.on('end', resolve)
      stream.on('close', resolve)
    })
  }

  push(chunk: Uint8Array): void {
    if (this.#stream.destroyed) return
    if (this.#stream.writableLength > MAX_WAITING_BYTES) return this.#giveUp()
    this.#stream.write(chunk)
  }

  async end(): Promise<void> {
    if (!this.#stream.destroyed) this.#stream.end()
    await this.#settled
  }

  #giveUp(): void {
    this.hasFailed = true
    this.#stream.destroy()
  }
}

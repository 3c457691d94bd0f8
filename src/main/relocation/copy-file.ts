import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rename, stat, utimes } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'

const CHUNK_BYTES = 1024 * 1024

/**
 * Copies a file, and reads the copy back from the disk: it is there under its name only when it is the same to the byte.
 *
 * @throws Error what the file system says; `copy-differs` if the copy is not the same.
 */
export async function copyFileWhole(
  from: string,
  to: string,
  { onBytes, signal }: { onBytes: (count: number) => void; signal: AbortSignal },
): Promise<void> {
  const part = `${to}.moving`
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  const { mode, atime, mtime } = await stat(from)
  const wanted = createHash('sha256')
  await pipeline(
    createReadStream(from, { highWaterMark: CHUNK_BYTES }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        wanted.update(chunk)
        onBytes(chunk.length)
        yield chunk
      }
    },
    createWriteStream(part, { mode: mode & 0o700 }),
    { signal },
  )
  const handle = await open(part, 'r+')
  await handle.sync()
  await handle.close()
  const found = createHash('sha256')
  for await (const chunk of createReadStream(part, { highWaterMark: CHUNK_BYTES, signal }))
    found.update(chunk as Buffer)
  if (!found.digest().equals(wanted.digest())) throw new Error('copy-differs')
  await utimes(part, atime, mtime)
  await rename(part, to)
}

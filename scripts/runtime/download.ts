/** A large download: resumed where it broke off, checked against a pinned hash, and shown while it runs. */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Failure, messageOf, say } from '../failure.ts'
import { startProgress } from './progress.ts'

export interface Download {
  url: string
  /** Subresource-integrity form, as in a lock file: `sha512-<base64>`. */
  integrity: string
  destination: string
  label: string
  attempts?: number
}

const silenceLimitMs = 60_000

/**
 * Leaves the whole, verified file at `destination`; until then its bytes stand in `<destination>.partial`,
 * where the next call goes on. Throws a Failure if the server says no or the hash is wrong (the file is then
 * removed: whatever it was, it must not be used).
 */
export async function downloadVerified(download: Download): Promise<void> {
  const { url, destination, attempts = 4 } = download
  await mkdir(dirname(destination), { recursive: true })
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchInto(`${destination}.partial`, download)
      await rename(`${destination}.partial`, destination)
      return
    } catch (error) {
      if (error instanceof Failure) throw error
      if (attempt >= attempts) throw new Failure(`Could not download ${url}: ${messageOf(error)}`)
      say(`Download interrupted (${messageOf(error)}); trying again.`)
      await delay(1_000 * attempt)
    }
  }
}

async function fetchInto(partial: string, { url, integrity, label }: Download): Promise<void> {
  const { algorithm, digest } = parseIntegrity(integrity)
  const present = await hashPresent(partial, algorithm)
  const silence = new AbortController()
  const watch = setTimeout(() => silence.abort(new Error('the server fell silent')), silenceLimitMs)
  const headers: Record<string, string> = present.size > 0 ? { range: `bytes=${present.size}-` } : {}
  try {
    const response = await fetch(url, { headers, signal: silence.signal })
    if (response.status === 416) {
      await rm(partial, { force: true })
      throw new Error('the partial file could not be continued')
    }
    if (!response.ok || !response.body) await refuse(url, response)
    const isContinued = response.status === 206
    const hash = isContinued ? present.hash : createHash(algorithm)
    const start = isContinued ? present.size : 0
    const length = Number(response.headers.get('content-length') ?? 0)
    const progress = startProgress(label, length > 0 ? start + length : undefined, start)
    const file = await open(partial, isContinued ? 'a' : 'w')
    try {
      for await (const piece of response.body ?? []) {
        const chunk = bytesOf(piece)
        hash.update(chunk)
        await file.write(chunk)
        progress.advance(chunk.byteLength)
        watch.refresh()
      }
    } finally {
      await file.close()
      progress.end()
    }
    const actual = hash.digest('base64')
    if (actual !== digest) {
      await rm(partial, { force: true })
      throw new Failure(
        `The file from ${url} is not the one expected, and has been removed.\n` +
          `  expected ${integrity}\n  got      ${algorithm}-${actual}\n` +
          'A proxy or mirror may have changed it, or it was damaged on the way: try again, or another registry.',
      )
    }
  } finally {
    clearTimeout(watch)
  }
}

/** Asking again cannot help with 4xx; with anything else it can. */
async function refuse(url: string, response: Response): Promise<never> {
  await response.body?.cancel()
  if (response.status >= 400 && response.status < 500 && response.status !== 429) {
    throw new Failure(`${url} answered ${response.status} ${response.statusText}.`)
  }
  throw new Error(`the server answered ${response.status}`)
}

async function hashPresent(file: string, algorithm: string): Promise<{ size: number; hash: Hash }> {
  const hash = createHash(algorithm)
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  )
  if (size > 0) for await (const piece of createReadStream(file)) hash.update(bytesOf(piece))
  return { size, hash }
}

/** Node's types leave open what a stream yields. */
function bytesOf(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece
  throw new TypeError('the stream did not yield bytes')
}

function parseIntegrity(integrity: string): { algorithm: string; digest: string } {
  const [, algorithm, digest] = /^(sha\d+)-(.+)$/.exec(integrity) ?? []
  if (!algorithm || !digest) throw new Error(`not an integrity hash: ${integrity}`)
  return { algorithm, digest }
}

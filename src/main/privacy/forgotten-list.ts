import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod'

/**
 * What is to stay forgotten, in a file beside the database: whichever database is put in its place, however damaged the
 * old one was, the list holds for it. It is made of keyed hashes alone, and the key is in a file of its own.
 */
export interface ForgottenList {
  /** When it was forgotten last, epoch ms, by hash. */
  readonly entries: ReadonlyMap<string, number>
  /** Adds to it; synced to disk when it resolves. */
  add(digests: readonly string[], forgottenAt: number): Promise<void>
}

const lineSchema = z.object({ digest: z.string().regex(/^[\da-f]{64}$/), forgottenAt: z.number() })

/** Reads the list, or begins one. What is no line of it, such as half a line after a power cut, is passed over. */
export async function openForgottenList(file: string): Promise<ForgottenList> {
  const entries = new Map<string, number>()
  const text = await readOrNothing(file)
  for (const line of text.split('\n')) {
    const entry = readLine(line)
    if (entry) entries.set(entry.digest, Math.max(entry.forgottenAt, entries.get(entry.digest) ?? 0))
  }
  // A line that was cut off must not spoil the next.
  let isTorn = text !== '' && !text.endsWith('\n')
  return {
    entries,
    async add(digests, forgottenAt) {
      if (digests.length === 0) return
      const lines = digests.map((digest) => `${JSON.stringify({ digest, forgottenAt })}\n`).join('')
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      const handle = await open(file, 'a', 0o600)
      try {
        await handle.write(isTorn ? `\n${lines}` : lines)
        await handle.sync()
      } finally {
        await handle.close()
      }
      isTorn = false
      for (const digest of digests) entries.set(digest, forgottenAt)
    },
  }
}

function readLine(line: string): z.output<typeof lineSchema> | undefined {
  if (line === '') return undefined
  try {
    return lineSchema.safeParse(JSON.parse(line)).data
  } catch {
    // Not JSON.
    return undefined
  }
}

async function readOrNothing(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import * as z from 'zod'

/** What SQLite may leave beside a database that it was writing. */
const ENDINGS = ['', '-journal', '-wal', '-shm'] as const
/** Nothing else is ever removed, whatever a note says. */
const PART_NAME = /\.[0-9a-f]{8}\.part$/

const noteSchema = z.object({ path: z.string().regex(PART_NAME).refine(isAbsolute) })

const folderOf = (dataDir: string) => join(dataDir, 'unfinished')

/** The name that a file has while it is written, beside where it is to be. */
export function partOf(path: string): string {
  return `${path}.${randomUUID().slice(0, 8)}.part`
}

/**
 * Remembers a file that is being written in a folder of the user's, so that the next start removes it if we are killed.
 *
 * @returns removes the file, if it is still there, and forgets it.
 */
export async function noteUnfinished(dataDir: string, path: string): Promise<() => Promise<void>> {
  const note = join(folderOf(dataDir), `${randomUUID()}.json`)
  try {
    await mkdir(folderOf(dataDir), { recursive: true, mode: 0o700 })
    await writeFile(note, JSON.stringify({ path }), { mode: 0o600 })
  } catch {
    // The disk of the database is full: all the more must it be possible to write to another one.
  }
  return async () => {
    await removePart(path)
    await rm(note, { force: true })
  }
}

/** Removes what the console was writing when it was killed. The caller holds the data folder. */
export async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await namesIn(folderOf(dataDir))) {
    const note = join(folderOf(dataDir), name)
    const path = await notedIn(note)
    try {
      if (path !== undefined) await removePart(path)
      await rm(note, { force: true })
    } catch {
      // It is on a disk that is not there now, or may not be written to: the next start tries again.
    }
  }
}

async function removePart(path: string): Promise<void> {
  for (const ending of ENDINGS) await rm(`${path}${ending}`, { force: true })
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch {
    // Nothing was ever written.
    return []
  }
}

async function notedIn(note: string): Promise<string | undefined> {
  try {
    return noteSchema.parse(JSON.parse(await readFile(note, 'utf8'))).path
  } catch {
    // Half a note: the file was not begun yet.
    return undefined
  }
}

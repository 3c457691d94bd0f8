import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { holdDataFolder } from '../store/data-folder-lock.ts'
import type { DatabaseOptions } from '../store/database.ts'
import { removeFiles } from './folder-files.ts'

const FILE = 'moved-from.json'

const oldFolderSchema = z.object({
  from: z.string(),
  at: z.number(),
  database: z.string(),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number(), mtimeMs: z.number() })),
})
export type OldFolder = z.output<typeof oldFolderSchema>

/** Notes, in the new folder, where the data came from and what they were there. */
export async function writeOldFolder(folder: string, old: OldFolder): Promise<void> {
  await writeFile(join(folder, FILE), JSON.stringify(old), { mode: 0o600 })
}

/** @returns undefined: there is none, or it is to be spoken of no more. */
export async function readOldFolder(folder: string): Promise<OldFolder | undefined> {
  try {
    const old = oldFolderSchema.parse(JSON.parse(await readFile(join(folder, FILE), 'utf8')))
    await stat(join(old.from, old.database))
    return old.from === folder ? undefined : old
  } catch {
    // It was removed by hand, perhaps.
    return undefined
  }
}

export async function forgetOldFolder(folder: string): Promise<void> {
  await rm(join(folder, FILE), { force: true })
}

/**
 * Deletes what was copied from it, unless it is another's by now.
 *
 * @returns whether it did: it does not while a console runs there, nor if its database has changed since.
 */
export async function removeOldFolder(
  folder: string,
  options: Pick<DatabaseOptions, 'nativeBinding'>,
): Promise<boolean> {
  const old = await readOldFolder(folder)
  if (!old) return true
  const file = join(old.from, old.database)
  const known = old.files.find(({ path }) => path === old.database)
  const { size, mtimeMs } = await stat(file)
  if (size !== known?.sizeBytes || mtimeMs !== known.mtimeMs) return false
  let release: () => void
  try {
    release = holdDataFolder({ ...options, file })
  } catch {
    return false
  }
  // Windows deletes no open file.
  release()
  await rm(join(old.from, 'electron'), { recursive: true, force: true })
  await removeFiles(old.from, [...old.files.map(({ path }) => path), 'console.lock', `${old.database}-shm`])
  await forgetOldFolder(dirname(join(folder, FILE)))
  return true
}

import { readdir, rm, rmdir, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'

/** A file of a data folder, by its path within. */
export interface FolderFile {
  path: string
  sizeBytes: number
  mtimeMs: number
}

/** What a process keeps for itself while it runs, and what was being written when it ended. */
const PASSING =
  /(^|\/)(console\.lock|collector\.json|moved-from\.json|moving\.json)$|\.(part|new|moving)$|-shm$/
/** Electron's own files: caches, but for what secrets are opened with, and where the window was. */
const ELECTRON = /^electron\//
const ELECTRON_KEPT = /^electron\/(Local State|window\.json)$/

/** All that is worth taking along. Links are not followed. */
export async function filesOf(folder: string): Promise<FolderFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files: FolderFile[] = []
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const whole = join(entry.parentPath, entry.name)
    const path = whole
      .slice(folder.length + 1)
      .split(sep)
      .join('/')
    if (PASSING.test(path) || (ELECTRON.test(path) && !ELECTRON_KEPT.test(path))) continue
    try {
      const { size, mtimeMs } = await stat(whole)
      files.push({ path, sizeBytes: size, mtimeMs })
    } catch {
      // It went meanwhile.
    }
  }
  return files
}

export function bytesOf(files: readonly FolderFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

/** Deletes files of a folder, and the folders that are empty then, itself at last. What else is in it stays. */
export async function removeFiles(folder: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(join(folder, path), { force: true })
  await removeEmpty(folder)
}

async function removeEmpty(folder: string): Promise<void> {
  try {
    for (const entry of await readdir(folder, { withFileTypes: true }))
      if (entry.isDirectory()) await removeEmpty(join(folder, entry.name))
    await rmdir(folder)
  } catch {
    // Something is left in it.
  }
}

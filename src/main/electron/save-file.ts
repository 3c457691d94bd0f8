import { rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { BrowserWindow } from 'electron'
import { app, dialog } from 'electron'
import type { FileToSave, FileType, SaveOutcome } from '#shared/contract/files.ts'
import type { Log } from '../log.ts'

const ENDINGS: Record<FileType, string> = {
  'text/csv': 'csv',
  'application/json': 'json',
  'image/png': 'png',
  'application/pdf': 'pdf',
}

/**
 * Lets the user save what a page made. Where to is asked in the system's dialog and nowhere else: a page can neither
 * name a folder nor write without being allowed to, each time.
 *
 * @param windowOf the window that the dialog belongs to.
 */
export function createFileSaver(options: {
  windowOf: () => BrowserWindow | undefined
  log: Log
}): (file: FileToSave) => Promise<SaveOutcome> {
  let folder = app.getPath('downloads')

  return async ({ name, type, content }) => {
    const ending = ENDINGS[type]
    const question = {
      defaultPath: join(folder, `${name}.${ending}`),
      filters: [{ name: ending.toUpperCase(), extensions: [ending] }],
    }
    const window = options.windowOf()
    const { canceled, filePath } = await (window
      ? dialog.showSaveDialog(window, question)
      : dialog.showSaveDialog(question))
    if (canceled || !filePath) return { outcome: 'cancelled' }
    folder = dirname(filePath)
    try {
      await replaceFile(filePath, new Uint8Array(await content.arrayBuffer()))
      return { outcome: 'saved', fileName: basename(filePath) }
    } catch (error) {
      options.log.warn(`a file could not be saved: ${codeOf(error)}`)
      return { outcome: 'failed', reason: REASONS.get(codeOf(error)) ?? 'other' }
    }
  }
}

const REASONS = new Map<string, 'disk-full' | 'not-allowed'>([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EACCES', 'not-allowed'],
  ['EPERM', 'not-allowed'],
  ['EROFS', 'not-allowed'],
])

/** Writes beside and renames: a file that was there before stays whole if this one does not fit on the disk. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const part = `${path}.${process.pid}.part`
  try {
    await writeFile(part, bytes)
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}

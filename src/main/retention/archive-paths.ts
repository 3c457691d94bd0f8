import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ARCHIVE_NAME } from '#shared/archive-name.ts'
import { ConsoleError } from '#shared/errors.ts'

const DATA_ENDING = '.jsonl.gz'
const MANIFEST_ENDING = '.manifest.json'
const PART_ENDING = '.part'

/**
 * Where the files of an archive are. A name is never a path, whoever gives it.
 *
 * @throws ConsoleError `archive-bad-name`
 */
export function archivePaths(folder: string, name: string) {
  if (!ARCHIVE_NAME.test(name))
    throw new ConsoleError(
      'archive-bad-name',
      'This is not the name of an archive. Names are such as 2026-05-30.calls.001.',
    )
  const dataFile = `${name}${DATA_ENDING}`
  return {
    dataFile,
    data: join(folder, dataFile),
    manifest: join(folder, `${name}${MANIFEST_ENDING}`),
    dataPart: join(folder, `${dataFile}${PART_ENDING}`),
    manifestPart: join(folder, `${name}${MANIFEST_ENDING}${PART_ENDING}`),
  }
}

/** @returns the names of archives that have a manifest, newest day first; none if there is no folder. */
export function archiveNames(folder: string): string[] {
  return filesOf(folder)
    .flatMap((file) => (file.endsWith(MANIFEST_ENDING) ? [file.slice(0, -MANIFEST_ENDING.length)] : []))
    .filter((name) => ARCHIVE_NAME.test(name))
    .sort()
    .reverse()
}

/** @returns the first name of a day and kind whose number no file has had, nor a later one. */
export function nextArchiveName(folder: string, day: string, kind: string): string {
  const prefix = `${day}.${kind}.`
  const numbers = filesOf(folder).flatMap((file) => {
    const digits = file.startsWith(prefix) ? /^\d{3,6}(?=\.)/.exec(file.slice(prefix.length)) : null
    return digits ? [Number(digits[0])] : []
  })
  return `${prefix}${String(Math.max(0, ...numbers) + 1).padStart(3, '0')}`
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ARCHIVE_NAME } from '#shared/archive-name.ts'

const ENDING = /\.(?:jsonl|ndjson)(?:\.gz)?$/i

/**
 * The file that the console was started to open: desktops give its path or address as an argument.
 *
 * @param args without the executable.
 * @param folder which a path is relative to.
 * @returns its path, if its name is one of a file of calls.
 */
export function openedFileIn(args: readonly string[], folder: string): string | undefined {
  const { positionals } = parseArgs({
    args: [...args],
    // Chromium's own switches arrive on the same command line.
    strict: false,
    allowPositionals: true,
    options: { 'data-dir': { type: 'string' }, port: { type: 'string' }, token: { type: 'string' } },
  })
  return positionals.flatMap((argument) => pathOf(argument, folder) ?? []).find((path) => ENDING.test(path))
}

function pathOf(argument: string, folder: string): string | undefined {
  if (!/^[a-z][a-z\d+.-]+:/i.test(argument)) return resolve(folder, argument)
  try {
    return fileURLToPath(argument)
  } catch {
    return undefined // Another scheme, or a file of another machine.
  }
}

/**
 * The page that a file leads to: an archive is restored, of which the list of archives knows; calls are looked at and
 * imported.
 *
 * @param opening tells one opening from the next.
 */
export function pageOfFile(path: string, opening: number): string {
  const isArchive = ARCHIVE_NAME.test(basename(path).replace(/\.jsonl\.gz$/i, ''))
  return isArchive ? '/settings#archives-title' : `/settings?opened=${opening}#import-title`
}

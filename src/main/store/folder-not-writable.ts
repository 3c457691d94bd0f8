import { ConsoleError } from '#shared/errors.ts'

/** Says of a data folder that the console may not write to it. */
export function folderNotWritable(folder: string, cause: unknown): ConsoleError {
  return new ConsoleError(
    'data-dir-unusable',
    `The data folder ${folder} cannot be written to. Check its permissions, or choose another with --data-dir.`,
    { cause },
  )
}

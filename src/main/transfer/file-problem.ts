import { JobFailure } from '../store/thread-job.ts'

export type FileProblem = 'disk-full' | 'not-allowed' | 'other'

const PROBLEMS = new Map<string, FileProblem>([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['SQLITE_FULL', 'disk-full'],
  ['EACCES', 'not-allowed'],
  ['EPERM', 'not-allowed'],
  ['EROFS', 'not-allowed'],
])

/** Why a file could not be written, as far as a user can do something about it. */
export function fileProblem(error: unknown): FileProblem {
  const code =
    error instanceof JobFailure
      ? error.systemCode
      : error instanceof Error && 'code' in error
        ? String(error.code)
        : undefined
  return PROBLEMS.get(code ?? '') ?? 'other'
}

import type { Looks } from '#shared/looks.ts'
import { looksSchema } from '#shared/looks.ts'

/**
 * How the window looked last, which the main process has written into the page: the first frame need not wait for the
 * settings. Undefined: it was never open here.
 */
export function readLooks(): Looks | undefined {
  const { looks } = document.documentElement.dataset
  try {
    return looks === undefined ? undefined : looksSchema.parse(JSON.parse(looks))
  } catch {
    return undefined // Of another version.
  }
}

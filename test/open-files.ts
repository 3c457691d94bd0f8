import { readdirSync, readlinkSync } from 'node:fs'

/** The files of a folder that this process holds open, deleted ones, too; where the system does not tell: none. */
export function openFilesIn(folder: string): string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${name}`)
      return path.startsWith(folder) ? [path] : []
    } catch {
      // Closed meanwhile.
      return []
    }
  })
}

import { execFileSync } from 'node:child_process'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../scripts/temporary-folder.ts'

/** Why there can be no disk of our own to fill, or null. */
export const noSmallDisk = canMount()
if (noSmallDisk !== null) process.stderr.write(`tests of full disks are skipped: ${noSmallDisk}\n`)

export interface SmallDisk {
  folder: string
  remount: (options: string) => void
}

/** A disk of a megabyte, in memory, which goes when the test ends. */
export function smallDisk(): SmallDisk {
  const folder = temporaryFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'tmpfs', folder])
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]))
  return {
    folder,
    remount: (options) => void execFileSync('mount', ['-o', `remount,${options}`, folder]),
  }
}

function canMount(): string | null {
  if (process.platform !== 'linux') return 'only Linux has disks in memory'
  if (process.getuid?.() !== 0) return 'only root may mount a disk'
  try {
    // A container may not, even as root.
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return null
  } catch {
    return 'this machine lets nobody mount a disk'
  }
}

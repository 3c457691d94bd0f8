/** Takes single files out of a .tgz and folders out of a .zip, keeping modes and symbolic links. */
import { createWriteStream } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { extract } from 'tar'
import { openPromise, type Entry } from 'yauzl'

/** Writes `package/<name>` of an npm tarball into a folder. */
export async function extractFromTarball(tarball: string, name: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await extract({ file: tarball, cwd: folder, strip: 1, filter: (path) => path === `package/${name}` })
}

const typeMask = 0o170000
const symlinkType = 0o120000

/**
 * Unpacks a zip into a folder. `place` says where an entry goes, relative to that folder; undefined skips it.
 * Throws if an entry would land, or point, outside.
 */
export async function extractZip(
  zip: string,
  folder: string,
  place: (path: string) => string | undefined,
): Promise<void> {
  const file = await openPromise(zip)
  try {
    for await (const entry of file.eachEntry()) {
      const path = place(entry.fileName)
      if (path === undefined) continue
      const target = inside(folder, path)
      if (entry.fileName.endsWith('/')) {
        await mkdir(target, { recursive: true })
        continue
      }
      await mkdir(dirname(target), { recursive: true })
      const mode = modeOf(entry)
      const content = await file.openReadStreamPromise(entry)
      if ((mode & typeMask) === symlinkType) {
        const pointsAt = await text(content)
        inside(folder, resolve(dirname(target), pointsAt))
        await symlink(pointsAt, target)
      } else {
        await pipeline(content, createWriteStream(target, { mode: mode & 0o777 || 0o644 }))
      }
    }
  } finally {
    file.close()
  }
}

/** A zip made on Unix keeps the file's mode in the upper half of the external attributes. */
function modeOf(entry: Entry): number {
  return entry.externalFileAttributes >>> 16
}

function inside(folder: string, path: string): string {
  const root = resolve(folder)
  const target = resolve(root, path)
  if (target !== root && !target.startsWith(root + sep))
    throw new Error(`archive entry leaves its folder: ${path}`)
  return target
}

import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import type { ArchiveManifest } from '#shared/contract/archives.ts'
import { packBlock } from './archive-file.ts'
import { archivePaths } from './archive-paths.ts'

/**
 * Writes an archive beside where it is to be. It is there when its manifest is: data first, then the manifest, each synced
 * and renamed, and the folder synced after each.
 */
export class ArchiveWriter {
  readonly #folder: string
  readonly #paths: ReturnType<typeof archivePaths>
  readonly #hash = createHash('sha256')
  #fd: number | null
  #sizeBytes = 0
  #rawBytes = 0

  constructor(folder: string, name: string) {
    this.#folder = folder
    this.#paths = archivePaths(folder, name)
    // Prompts are nobody else's business.
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#fd = openSync(this.#paths.dataPart, 'w', 0o600)
  }

  append(lines: Uint8Array): void {
    const packed = packBlock(lines)
    if (this.#fd === null) throw new Error('the archive is written')
    for (let written = 0; written < packed.length;) written += writeSync(this.#fd, packed, written)
    this.#hash.update(packed)
    this.#sizeBytes += packed.length
    this.#rawBytes += lines.length
  }

  publishData(): ArchiveManifest['data'] {
    if (this.#fd === null) throw new Error('the archive is written')
    fsyncSync(this.#fd)
    closeSync(this.#fd)
    this.#fd = null
    renameSync(this.#paths.dataPart, this.#paths.data)
    syncFolder(this.#folder)
    return {
      file: this.#paths.dataFile,
      encoding: 'jsonl+gzip',
      sizeBytes: this.#sizeBytes,
      sha256: this.#hash.digest('hex'),
      rawBytes: this.#rawBytes,
    }
  }

  publishManifest(manifest: ArchiveManifest): void {
    const fd = openSync(this.#paths.manifestPart, 'w', 0o600)
    try {
      writeSync(fd, `${JSON.stringify(manifest, null, 2)}\n`)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(this.#paths.manifestPart, this.#paths.manifest)
    syncFolder(this.#folder)
  }

  /** Leaves nothing of it. */
  abort(): void {
    if (this.#fd !== null) closeSync(this.#fd)
    this.#fd = null
    const { dataPart, manifestPart, data, manifest } = this.#paths
    // The manifest first: data without one are no archive.
    for (const path of [manifestPart, manifest, dataPart, data]) rmSync(path, { force: true })
  }
}

/** A rename is on the disk when its folder is. Windows has no such thing. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

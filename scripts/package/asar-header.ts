import { closeSync, openSync, readSync } from 'node:fs'

export interface ArchivedFile {
  path: string
  sizeBytes: number
  /** It lies beside the archive, because the system has to load it. */
  isUnpacked: boolean
  hasIntegrity: boolean
}

interface Entry {
  files?: Record<string, Entry>
  size?: number
  unpacked?: boolean
  integrity?: { algorithm?: string; hash?: string }
}

/** The files that an asar archive names. https://github.com/electron/asar#format */
export function readAsarHeader(file: string): ArchivedFile[] {
  const descriptor = openSync(file, 'r')
  try {
    const lengths = Buffer.alloc(16)
    readSync(descriptor, lengths, 0, 16, 0)
    const text = Buffer.alloc(lengths.readUInt32LE(12))
    readSync(descriptor, text, 0, text.length, 16)
    return filesOf(JSON.parse(text.toString()) as Entry, '')
  } finally {
    closeSync(descriptor)
  }
}

function filesOf({ files = {} }: Entry, folder: string): ArchivedFile[] {
  return Object.entries(files).flatMap(([name, entry]) => {
    const path = folder === '' ? name : `${folder}/${name}`
    if (entry.files !== undefined) return filesOf(entry, path)
    const { size = 0, unpacked = false, integrity } = entry
    const hasIntegrity = integrity?.algorithm === 'SHA256' && /^[0-9a-f]{64}$/.test(integrity.hash ?? '')
    return [{ path, sizeBytes: size, isUnpacked: unpacked, hasIntegrity }]
  })
}

import { crc32 } from 'node:zlib'

export interface ZipEntry {
  path: string
  content: string
  /** As in stat: 0o100755, or 0o120777 for a symbolic link. */
  mode: number
}

/** A zip archive as Unix tools write it, uncompressed. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const { path, content, mode } of entries) {
    const name = Buffer.from(path)
    const body = Buffer.from(content)
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt32LE(crc32(body), 10)
    shared.writeUInt32LE(body.length, 14)
    shared.writeUInt32LE(body.length, 18)
    shared.writeUInt16LE(name.length, 22)
    const madeByUnix = Buffer.from([20, 3])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE((mode << 16) >>> 0, 6)
    rest.writeUInt32LE(offset, 10)
    const localEntry = Buffer.concat([Buffer.from('PK\x03\x04'), shared, name, body])
    central.push(Buffer.concat([Buffer.from('PK\x01\x02'), madeByUnix, shared, rest, name]))
    local.push(localEntry)
    offset += localEntry.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, directory, end])
}

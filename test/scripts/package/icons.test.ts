import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { drawIcons, ico, icns } from '../../../scripts/package/icons.ts'
import { projectRoot } from '../../../scripts/build.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47])

/** Width and height, which a PNG's first chunk begins with. */
const sizeOf = (png: Buffer) => [png.readUInt32BE(16), png.readUInt32BE(20)]

test('an ico names each picture, its size and where it is; 256 is written as 0', () => {
  const container = ico([
    { size: 16, png: Buffer.from('small') },
    { size: 256, png: Buffer.from('large picture') },
  ])

  expect(container.subarray(0, 6)).toEqual(Buffer.from([0, 0, 1, 0, 2, 0]))
  expect([container.readUInt8(6), container.readUInt8(22)]).toEqual([16, 0])
  const picture = (entry: number) => {
    const [length, offset] = [container.readUInt32LE(entry + 8), container.readUInt32LE(entry + 12)]
    return container.subarray(offset, offset + length).toString()
  }
  expect([picture(6), picture(22)]).toEqual(['small', 'large picture'])
})

test('an icns is its length and its pictures, each with type and length', () => {
  const container = icns([
    { type: 'icp4', png: Buffer.from('ab') },
    { type: 'ic10', png: Buffer.from('c') },
  ])

  expect(container.toString('latin1')).toBe('icns\0\0\0\x1bicp4\0\0\0\x0aabic10\0\0\0\x09c')
})

test('all icons are drawn from the one drawing, each in its own size', async () => {
  const folder = join(temporaryFolder(), 'icons')
  const icons = await drawIcons(join(projectRoot, 'resources', 'icon.svg'), folder)

  const names = readdirSync(icons.pngs)
  expect(names).toContain('512x512.png')
  for (const name of names) {
    const [width = 0, height = 0] = sizeOf(readFileSync(join(icons.pngs, name)))
    expect(`${width}x${height}.png`).toBe(name)
  }
  for (const file of [icons.icns, icons.ico]) expect(readFileSync(file).includes(PNG)).toBe(true)
})

import { crc32, deflateSync, inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { shrinkPng } from '../../../scripts/screenshots/shrink-png.ts'

const WHITE = [255, 255, 255]
const BLUE = [61, 86, 201]

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

function png(width: number, rows: number[][], channels: 3 | 4): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(rows.length, 4)
  header.set([8, channels === 4 ? 6 : 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat().map((byte) => byte & 255)))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** The colours of a picture with a palette, row by row. */
function coloursOf(file: Buffer, width: number): number[][][] {
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at)
    chunks.set(file.toString('latin1', at + 4, at + 8), file.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  const palette = chunks.get('PLTE') ?? Buffer.alloc(0)
  const raw = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0))
  return Array.from({ length: raw.length / (width + 1) }, (_, row) =>
    [...raw.subarray(row * (width + 1) + 1, (row + 1) * (width + 1))].map((index) => [
      ...palette.subarray(index * 3, index * 3 + 3),
    ]),
  )
}

test.each([3, 4] as const)(
  'a picture of %d channels keeps its colours, whatever its rows are filtered by',
  (channels) => {
    const alpha = channels === 4 ? [255] : []
    const [white, blue] = [
      [...WHITE, ...alpha],
      [...BLUE, ...alpha],
    ]
    const zero = white.map(() => 0)
    const difference = (one: number[], other: number[]) =>
      one.map((byte, index) => byte - (other[index] ?? 0))
    const half = (pixel: number[]) => pixel.map((byte) => byte >> 1)
    const mean = (one: number[], other: number[]) =>
      one.map((byte, index) => (byte + (other[index] ?? 0)) >> 1)
    const rows = [
      [0, ...white, ...blue],
      [1, ...white, ...difference(blue, white)],
      [2, ...zero, ...zero],
      [3, ...difference(white, half(white)), ...difference(blue, mean(white, blue))],
      // Above is nearest for the first; for the second, too.
      [4, ...zero, ...zero],
    ]
    expect(coloursOf(shrinkPng(png(2, rows, channels)), 2)).toEqual(
      Array.from({ length: 5 }, () => [WHITE, BLUE]),
    )
  },
)

test('of more colours than a palette holds the rare ones become the most alike', () => {
  // 300 greys and greens, and much white.
  const rare = Array.from({ length: 300 }, (_, index) => [
    index % 256,
    index % 256,
    index > 255 ? 255 : index % 256,
  ])
  const row = [0, ...Array.from({ length: 600 }, () => WHITE).flat(), ...rare.flat()]
  const [colours = []] = coloursOf(shrinkPng(png(900, [row], 3)), 900)
  expect(new Set(colours.map(String)).size).toBeLessThanOrEqual(256)
  expect(colours.slice(0, 600)).toEqual(Array.from({ length: 600 }, () => WHITE))
  const worst = rare.map((colour, index) =>
    Math.max(...colour.map((byte, at) => Math.abs(byte - (colours[600 + index]?.[at] ?? 0)))),
  )
  expect(Math.max(...worst)).toBeLessThan(16)
})

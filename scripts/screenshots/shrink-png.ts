import { crc32, deflateSync, inflateSync } from 'node:zlib'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const MAX_COLOURS = 256

interface Picture {
  width: number
  height: number
  /** Three bytes a pixel. */
  pixels: Uint8Array
}

/**
 * Makes a picture of a window about half as large: with 256 colours, of which such a picture hardly has more. Colours
 * that are rare become the most alike of the frequent ones.
 *
 * @param png as Chromium writes it: 8 bits a channel, with or without transparency, not interlaced.
 */
export function shrinkPng(png: Buffer): Buffer {
  const picture = decode(png)
  const { width, height, pixels } = picture
  const palette = choosePalette(pixels)
  const nearest = new Map<number, number>()
  const rows = Buffer.alloc(height * (width + 1))
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const colour = colourAt(pixels, pixel)
    const index = nearest.get(colour) ?? nearestOf(palette, colour)
    nearest.set(colour, index)
    // Each row begins with its filter: none, which suits indices best.
    rows[Math.floor(pixel / width) * (width + 1) + 1 + (pixel % width)] = index
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const colourAt = (pixels: Uint8Array, pixel: number) =>
  ((pixels[pixel * 3] ?? 0) << 16) | ((pixels[pixel * 3 + 1] ?? 0) << 8) | (pixels[pixel * 3 + 2] ?? 0)

/** The most frequent colours, one of each 32nd of a channel, so that shades of one do not fill the palette. */
function choosePalette(pixels: Uint8Array): number[] {
  const counts = new Map<number, number>()
  for (let pixel = 0; pixel < pixels.length / 3; pixel += 1) {
    const colour = colourAt(pixels, pixel)
    counts.set(colour, (counts.get(colour) ?? 0) + 1)
  }
  const frequent = [...counts].sort(([, one], [, other]) => other - one)
  const chosen = new Set<number>()
  const cells = new Set<number>()
  for (const [colour] of frequent) {
    if (chosen.size === MAX_COLOURS) break
    const cell = colour & 0xf8f8f8
    if (cells.has(cell)) continue
    cells.add(cell)
    chosen.add(colour)
  }
  for (const [colour] of frequent) {
    if (chosen.size === MAX_COLOURS) break
    chosen.add(colour)
  }
  return [...chosen]
}

function nearestOf(palette: readonly number[], colour: number): number {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (const [index, other] of palette.entries()) {
    const red = (colour >> 16) - (other >> 16)
    const green = ((colour >> 8) & 255) - ((other >> 8) & 255)
    const blue = (colour & 255) - (other & 255)
    const distance = 3 * red * red + 4 * green * green + 2 * blue * blue
    if (distance >= least) continue
    least = distance
    best = index
  }
  return best
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

function decode(png: Buffer): Picture {
  const data: Buffer[] = []
  let [width, height, channels] = [0, 0, 0]
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    const body = png.subarray(at + 8, at + 8 + length)
    if (type === 'IHDR') {
      width = body.readUInt32BE(0)
      height = body.readUInt32BE(4)
      channels = body[9] === 6 ? 4 : 3
    }
    if (type === 'IDAT') data.push(body)
    at += length + 12
  }
  return { width, height, pixels: unfilter(inflateSync(Buffer.concat(data)), width, height, channels) }
}

/** Undoes the filters of the rows (PNG 1.2, section 6), and leaves out transparency. */
function unfilter(raw: Buffer, width: number, height: number, channels: number): Uint8Array {
  const stride = width * channels
  const rows = new Uint8Array(stride * height)
  for (let row = 0; row < height; row += 1) {
    const filter = raw[row * (stride + 1)]
    for (let at = 0; at < stride; at += 1) {
      const place = row * stride + at
      const left = at >= channels ? (rows[place - channels] ?? 0) : 0
      const above = row > 0 ? (rows[place - stride] ?? 0) : 0
      const corner = at >= channels && row > 0 ? (rows[place - stride - channels] ?? 0) : 0
      const byte = raw[row * (stride + 1) + 1 + at] ?? 0
      rows[place] = byte + predict(filter, left, above, corner)
    }
  }
  if (channels === 3) return rows
  return rows.filter((_, index) => index % 4 !== 3)
}

function predict(filter: number | undefined, left: number, above: number, corner: number): number {
  if (filter === 1) return left
  if (filter === 2) return above
  if (filter === 3) return (left + above) >> 1
  if (filter !== 4) return 0
  const [toLeft, toAbove, toCorner] = [
    Math.abs(above - corner),
    Math.abs(left - corner),
    Math.abs(left + above - 2 * corner),
  ]
  if (toLeft <= toAbove && toLeft <= toCorner) return left
  return toAbove <= toCorner ? above : corner
}

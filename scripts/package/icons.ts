/** The icons of all platforms, from the one drawing in `resources/icon.svg`. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Resvg } from '@resvg/resvg-js'

export interface Icons {
  /** `.icns` for macOS. */
  icns: string
  /** `.ico` for Windows. */
  ico: string
  /** A folder of `16x16.png` and so on, for Linux. */
  pngs: string
}

interface Picture {
  size: number
  png: Buffer
}

const DRAWN_FOR = 1024
/** Up to this size each pixel counts, so the margin around the drawing is cut off. */
const SMALL = 48
const MARGIN = 88
const PNG_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024]
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256]
/** Since Mac OS X 10.7 a picture is a PNG; retina ones (`@2x`) have types of their own. */
const ICNS_TYPES: readonly (readonly [type: string, size: number])[] = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
]

/** Draws all of them into a folder, which is emptied before. */
export async function drawIcons(drawing: string, folder: string): Promise<Icons> {
  const svg = await readFile(drawing, 'utf8')
  const pictures = new Map(PNG_SIZES.map((size) => [size, { size, png: draw(svg, size) }]))
  const pictureOf = (size: number): Picture => {
    const picture = pictures.get(size)
    if (picture === undefined) throw new Error(`no picture of ${size} pixels is drawn`)
    return picture
  }
  const icons = { icns: join(folder, 'icon.icns'), ico: join(folder, 'icon.ico'), pngs: join(folder, 'png') }
  await rm(folder, { recursive: true, force: true })
  await mkdir(icons.pngs, { recursive: true })
  for (const { size, png } of pictures.values()) {
    await writeFile(join(icons.pngs, `${size}x${size}.png`), png)
  }
  await writeFile(icons.icns, icns(ICNS_TYPES.map(([type, size]) => ({ type, ...pictureOf(size) }))))
  await writeFile(icons.ico, ico(ICO_SIZES.map(pictureOf)))
  return icons
}

function draw(svg: string, size: number): Buffer {
  const side = DRAWN_FOR - 2 * MARGIN
  const cropped =
    size > SMALL
      ? svg
      : svg.replace(
          `viewBox="0 0 ${DRAWN_FOR} ${DRAWN_FOR}"`,
          `viewBox="${MARGIN} ${MARGIN} ${side} ${side}"`,
        )
  // There is no text in it, and fonts take longest.
  const options = { fitTo: { mode: 'width' as const, value: size }, font: { loadSystemFonts: false } }
  return new Resvg(cropped, options).render().asPng()
}

/** Apple's container: a magic word and the length of all, then each picture with its type and length (big-endian). */
export function icns(pictures: readonly { type: string; png: Buffer }[]): Buffer {
  const headed = (word: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(8)
    head.write(word, 'latin1')
    head.writeUInt32BE(body.length + head.length, 4)
    return Buffer.concat([head, body])
  }
  return headed('icns', Buffer.concat(pictures.map(({ type, png }) => headed(type, png))))
}

/**
 * Microsoft's container of pictures that are PNGs (since Windows Vista): a directory, then the pictures.
 * https://learn.microsoft.com/en-us/previous-versions/ms997538(v=msdn.10)
 */
export function ico(pictures: readonly Picture[]): Buffer {
  const head = Buffer.alloc(6)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(pictures.length, 4)
  let offset = 6 + 16 * pictures.length
  const entries = pictures.map(({ size, png }) => {
    const entry = Buffer.alloc(16)
    // One byte each for width and height, in which 0 stands for 256.
    entry.writeUInt8(size % 256, 0)
    entry.writeUInt8(size % 256, 1)
    entry.writeUInt16LE(1, 4)
    entry.writeUInt16LE(32, 6)
    entry.writeUInt32LE(png.length, 8)
    entry.writeUInt32LE(offset, 12)
    offset += png.length
    return entry
  })
  return Buffer.concat([head, ...entries, ...pictures.map(({ png }) => png)])
}

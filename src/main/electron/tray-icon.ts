type Colour = readonly [red: number, green: number, blue: number]

const BRAND: Colour = [37, 99, 235]
const UNREAD: Colour = [220, 38, 38]
const PAUSED: Colour = [140, 146, 156]

const BAR_WIDTH = 0.24
const BARS = [
  { left: 0.08, top: 0.55 },
  { left: 0.38, top: 0.3 },
  { left: 0.68, top: 0.08 },
]

/** Each pixel is looked at in so many places in each direction, so that edges are smooth. */
const SAMPLES = 4

/**
 * The console's sign for the tray: three bars of a chart, grey while nothing is collected, and a dot when there is
 * something unread.
 *
 * @returns BGRA, premultiplied, row by row: what Electron's bitmaps are on all platforms.
 */
export function drawTrayIcon(
  size: number,
  { hasUnread, isPaused }: { hasUnread: boolean; isPaused: boolean },
): Uint8Array {
  const bars = isPaused ? PAUSED : BRAND
  const pixels = new Uint8Array(size * size * 4)
  for (let pixel = 0; pixel < size * size; pixel += 1) {
    const covered = { bar: 0, dot: 0 }
    for (let sample = 0; sample < SAMPLES ** 2; sample += 1) {
      const x = ((pixel % size) + ((sample % SAMPLES) + 0.5) / SAMPLES) / size
      const y = (Math.floor(pixel / size) + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) / size
      const part = partAt(x, y, hasUnread)
      if (part !== undefined) covered[part] += 1 / SAMPLES ** 2
    }
    // What is half covered is half as bright.
    const mix = (channel: 0 | 1 | 2) => bars[channel] * covered.bar + UNREAD[channel] * covered.dot
    const alpha = 255 * (covered.bar + covered.dot)
    pixels.set([mix(2), mix(1), mix(0), alpha].map(Math.round), pixel * 4)
  }
  return pixels
}

/** x and y from 0 to 1. */
function partAt(x: number, y: number, hasUnread: boolean): 'bar' | 'dot' | undefined {
  if (hasUnread) {
    const distance = Math.hypot(x - 0.74, y - 0.26)
    if (distance < 0.24) return 'dot'
    // A gap, so that the dot stands out on any bar.
    if (distance < 0.31) return undefined
  }
  return BARS.some(({ left, top }) => x >= left && x < left + BAR_WIDTH && y >= top && y < 0.94)
    ? 'bar'
    : undefined
}

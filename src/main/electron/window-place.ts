/** In the pixels that the system counts in, from the corner of the first screen. */
export interface Rectangle {
  x: number
  y: number
  width: number
  height: number
}

export const MIN_WIDTH = 720
export const MIN_HEIGHT = 480
const DEFAULT_SIZE = { width: 1280, height: 800 }
/** So much of its upper edge must be on a screen that a hand can take hold of it there. */
const GRIP = { width: 120, height: 32 }

const PIXELS_MAX = 100_000

/** Where the window was, and how large, before it was maximised if it was. */
export interface WindowPlace extends Rectangle {
  isMaximized: boolean
}

/** Reads what was kept. By hand: the window opens before anything that checks more than this is loaded. */
export function readWindowPlace(kept: unknown): WindowPlace | null {
  if (typeof kept !== 'object' || kept === null) return null
  const { x, y, width, height, isMaximized } = kept as Record<string, unknown>
  const isPlace = isPixels(x) && isPixels(y) && isPixels(width, 1) && isPixels(height, 1)
  return isPlace && typeof isMaximized === 'boolean' ? { x, y, width, height, isMaximized } : null
}

function isPixels(value: unknown, min = -PIXELS_MAX): value is number {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= PIXELS_MAX
}

/**
 * Where the window opens. It comes back to where it was, unless that is on a screen that is gone, or has another size
 * now: then it is moved, and shrunk, into what there is.
 *
 * @param workAreas of the screens there are, the main one first.
 * @returns null: the system may choose; the size is the usual one.
 */
export function placeWindow(saved: WindowPlace | null, workAreas: readonly Rectangle[]): Rectangle | null {
  const [main] = workAreas
  if (!main) return null
  if (!saved) {
    return DEFAULT_SIZE.width > main.width || DEFAULT_SIZE.height > main.height
      ? centre(main, DEFAULT_SIZE)
      : null
  }
  const kept = workAreas
    .map((area) => {
      const place = { x: saved.x, y: saved.y, ...fit(saved, area) }
      return { place, shared: overlap({ ...place, height: GRIP.height }, area) }
    })
    .filter(({ shared }) => shared.width >= GRIP.width && shared.height >= GRIP.height)
    .sort((a, b) => b.shared.width - a.shared.width)[0]?.place
  return kept ?? centre(main, saved)
}

/** No larger than a screen, no smaller than what the pages need. */
function fit(size: { width: number; height: number }, screen: Rectangle): { width: number; height: number } {
  return {
    width: Math.max(Math.min(size.width, screen.width), MIN_WIDTH),
    height: Math.max(Math.min(size.height, screen.height), MIN_HEIGHT),
  }
}

function centre(screen: Rectangle, wanted: { width: number; height: number }): Rectangle {
  const { width, height } = fit(wanted, screen)
  return {
    // The upper left corner stays on the screen, however small that is.
    x: screen.x + Math.max(0, Math.round((screen.width - width) / 2)),
    y: screen.y + Math.max(0, Math.round((screen.height - height) / 2)),
    width,
    height,
  }
}

function overlap(a: Rectangle, b: Rectangle): { width: number; height: number } {
  return {
    width: Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)),
    height: Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)),
  }
}

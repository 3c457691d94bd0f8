/** What is to be drawn, first come first served; who waits already keeps the place. */
const waiting = new Set<() => void>()
let isScheduled = false
/** What waits for the first charts; undefined: they are drawn. */
let later: (() => void)[] | undefined = []
let lastMoment: ReturnType<typeof setTimeout> | undefined
/** Of a page without charts, or without an answer. */
const LATER_MS = 1_000

/**
 * Draws in a turn of its own: when one answer changes all charts of a page, drawing them one after the other in one go
 * would keep the page from reacting for longer than one notices.
 */
export function drawInTurn(draw: () => void): void {
  waiting.add(draw)
  schedule()
}

/**
 * Draws, each in a turn of its own, after the first charts of the window.
 *
 * @returns whether there is something to wait for; if not, nothing is done.
 */
export function drawLater(draw: () => void): boolean {
  if (!later) return false
  later.push(draw)
  lastMoment ??= setTimeout(drawWhatWaits, LATER_MS)
  return true
}

/** Waits for the first charts of the window. */
export function firstDrawn(): Promise<void> {
  return new Promise((resolve) => {
    if (!drawLater(resolve)) resolve()
  })
}

function drawWhatWaits(): void {
  clearTimeout(lastMoment)
  const waited = later ?? []
  later = undefined
  waited.forEach(drawInTurn)
}

/** Waits until nothing is left to be drawn. */
export function allDrawn(): Promise<void> {
  return new Promise((resolve) => drawInTurn(resolve))
}

/** Gives up what has not been drawn yet. */
export function forgetDrawing(draw: () => void): void {
  waiting.delete(draw)
}

function schedule(): void {
  if (isScheduled || waiting.size === 0) return
  isScheduled = true
  setTimeout(() => {
    isScheduled = false
    const [draw] = waiting
    if (!draw) return
    waiting.delete(draw)
    schedule()
    draw()
    if (waiting.size === 0 && later) drawWhatWaits()
  })
}

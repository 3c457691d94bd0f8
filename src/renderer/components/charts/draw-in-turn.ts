/** What is to be drawn, first come first served; who waits already keeps the place. */
const waiting = new Set<() => void>()
let isScheduled = false

/**
 * Draws in a turn of its own: when one answer changes all charts of a page, drawing them one after the other in one go
 * would keep the page from reacting for longer than one notices.
 */
export function drawInTurn(draw: () => void): void {
  waiting.add(draw)
  schedule()
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
  })
}

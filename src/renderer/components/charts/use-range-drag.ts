import type { Ref } from 'vue'
import { onScopeDispose, ref } from 'vue'
import type { TimeSpan } from '../../composables/time-range.ts'

/** Less is a click that trembled. In CSS pixels. */
const MIN_DRAG_PX = 4

/** Buckets that lie between two places of a chart: where they are drawn, in pixels, and what they stand for. */
export interface BucketSpan extends TimeSpan {
  left: number
  right: number
}

export interface RangeDrag {
  /** What is selected while the pointer is down. */
  selected: Ref<BucketSpan | undefined>
  start: (event: PointerEvent) => void
  move: (event: PointerEvent) => void
  end: () => void
  cancel: () => void
}

/**
 * Selects buckets of a chart by dragging over it, or one by a click. Escape gives it up.
 *
 * @param spanBetween the buckets between two distances from the left of the chart; none if there is nothing to select.
 */
export function useRangeDrag(options: {
  spanBetween: (x1: number, x2: number) => BucketSpan | undefined
  select: (span: TimeSpan) => void
  /** Without dragging. */
  click?: (x: number) => void
}): RangeDrag {
  const selected = ref<BucketSpan>()
  let startX: number | undefined

  function start(event: PointerEvent): void {
    if (event.button !== 0 || !event.isPrimary) return
    startX = placeOf(event)
    window.addEventListener('keydown', cancelOnEscape)
  }

  function move(event: PointerEvent): void {
    const x = placeOf(event)
    if (startX === undefined || x === undefined) return
    if (!selected.value && Math.abs(x - startX) < MIN_DRAG_PX) return
    selected.value = options.spanBetween(startX, x)
    // From here on the pointer is ours, wherever it goes.
    if (event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId)
  }

  function end(): void {
    const [span, x] = [selected.value, startX]
    cancel()
    if (span) options.select({ from: span.from, to: span.to })
    else if (x !== undefined) options.click?.(x)
  }

  function cancel(): void {
    startX = undefined
    selected.value = undefined
    window.removeEventListener('keydown', cancelOnEscape)
  }

  function cancelOnEscape(event: KeyboardEvent): void {
    if (event.key === 'Escape') cancel()
  }

  onScopeDispose(cancel)
  return { selected, start, move, end, cancel }
}

/** Its distance from the left of the element that listens. */
function placeOf(event: PointerEvent): number | undefined {
  return event.currentTarget instanceof Element
    ? event.clientX - event.currentTarget.getBoundingClientRect().left
    : undefined
}

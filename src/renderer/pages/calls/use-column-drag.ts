import type { Ref } from 'vue'
import { onScopeDispose, ref } from 'vue'

/** Less is a click that trembled. In CSS pixels. */
const MIN_DRAG_PX = 4

type Drag =
  | { kind: 'move'; index: number; startX: number; isMoving: boolean }
  | { kind: 'resize'; index: number; startX: number; startPx: number; px: number | undefined }

export interface ColumnDrag {
  /** Before which column the one that is dragged would come. */
  target: Ref<number | undefined>
  startMove: (event: PointerEvent, index: number) => void
  startResize: (event: PointerEvent, index: number) => void
  onMove: (event: PointerEvent) => void
  end: () => void
  cancel: () => void
  /** Whether the click that comes now is the end of a drag. */
  isClickOfDrag: () => boolean
}

/** Moves columns and changes their width by dragging. Escape gives it up. */
export function useColumnDrag(options: {
  /** The heads of the columns, in their order. */
  cells: () => readonly Element[]
  move: (index: number, to: number) => void
  /** Undefined: it was given up, or is over. */
  preview: (index: number, widthPx: number | undefined) => void
  resize: (index: number, widthPx: number) => void
}): ColumnDrag {
  const target = ref<number>()
  let drag: Drag | undefined
  let hasDragged = false

  function begin(event: PointerEvent, started: Drag): void {
    if (event.button !== 0 || !event.isPrimary) return
    drag = started
    hasDragged = false
    if (event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId)
    window.addEventListener('keydown', cancelOnEscape)
  }

  function onMove(event: PointerEvent): void {
    if (!drag) return
    const distance = event.clientX - drag.startX
    if (drag.kind === 'resize') {
      drag.px = drag.startPx + distance
      options.preview(drag.index, drag.px)
      return
    }
    drag.isMoving ||= Math.abs(distance) >= MIN_DRAG_PX
    if (drag.isMoving) target.value = placeAt(event.clientX)
  }

  /** The column whose middle is right of the pointer. */
  function placeAt(x: number): number {
    const middles = options.cells().map((cell) => {
      const { left, width } = cell.getBoundingClientRect()
      return left + width / 2
    })
    const place = middles.findIndex((middle) => middle > x)
    return place === -1 ? middles.length : place
  }

  function end(): void {
    const ended = drag
    const to = target.value
    cancel()
    hasDragged = ended?.kind === 'move' && ended.isMoving
    if (ended?.kind === 'resize' && ended.px !== undefined) options.resize(ended.index, ended.px)
    // A column that leaves its place makes those behind it move up.
    if (ended?.kind === 'move' && to !== undefined) options.move(ended.index, to > ended.index ? to - 1 : to)
  }

  function cancel(): void {
    if (drag?.kind === 'resize') options.preview(drag.index, undefined)
    drag = undefined
    target.value = undefined
    window.removeEventListener('keydown', cancelOnEscape)
  }

  function cancelOnEscape(event: KeyboardEvent): void {
    if (event.key === 'Escape') cancel()
  }

  onScopeDispose(cancel)
  return {
    target,
    startMove: (event, index) =>
      begin(event, { kind: 'move', index, startX: event.clientX, isMoving: false }),
    startResize(event, index) {
      const startPx = options.cells()[index]?.getBoundingClientRect().width ?? 0
      begin(event, { kind: 'resize', index, startX: event.clientX, startPx, px: undefined })
    },
    onMove,
    end,
    cancel,
    isClickOfDrag() {
      const isOne = hasDragged
      hasDragged = false
      return isOne
    },
  }
}

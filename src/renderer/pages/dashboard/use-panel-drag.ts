import type { Ref } from 'vue'
import { onScopeDispose, shallowRef } from 'vue'

/** Less is a click that trembled. In CSS pixels. */
const MIN_DRAG_PX = 6

export interface PanelDrag<Id> {
  /** The panel that is dragged. */
  dragged: Ref<Id | undefined>
  /** The one whose place it would take. */
  target: Ref<Id | undefined>
  start: (event: PointerEvent, id: Id) => void
  move: (event: PointerEvent) => void
  end: () => void
  cancel: () => void
}

/**
 * Moves panels that lie in rows, by dragging. Escape gives it up.
 *
 * @param panelAt the panel under a point of the window.
 */
export function usePanelDrag<Id>(options: {
  panelAt: (x: number, y: number) => Id | undefined
  drop: (id: Id, on: Id) => void
}): PanelDrag<Id> {
  const dragged = shallowRef<Id>()
  const target = shallowRef<Id>()
  let started: { id: Id; x: number; y: number } | undefined

  function start(event: PointerEvent, id: Id): void {
    if (event.button !== 0 || !event.isPrimary) return
    started = { id, x: event.clientX, y: event.clientY }
    if (event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId)
    window.addEventListener('keydown', cancelOnEscape)
  }

  function move(event: PointerEvent): void {
    if (!started) return
    const { clientX, clientY } = event
    const distance = Math.hypot(clientX - started.x, clientY - started.y)
    if (dragged.value === undefined && distance < MIN_DRAG_PX) return
    dragged.value = started.id
    const under = options.panelAt(clientX, clientY)
    target.value = under === started.id ? undefined : under
  }

  function end(): void {
    const [id, on] = [dragged.value, target.value]
    cancel()
    if (id !== undefined && on !== undefined) options.drop(id, on)
  }

  function cancel(): void {
    started = undefined
    dragged.value = undefined
    target.value = undefined
    window.removeEventListener('keydown', cancelOnEscape)
  }

  function cancelOnEscape(event: KeyboardEvent): void {
    if (event.key === 'Escape') cancel()
  }

  onScopeDispose(cancel)
  return { dragged, target, start, move, end, cancel }
}

import type { NewSpanEvent } from '../store/insert-span-events.ts'

/** An event of a span, and the app that sent it: by that it is decided what is kept of it. */
export interface AppEvent {
  app: string
  event: NewSpanEvent
}

import { EventPublisher } from '@orpc/server'
import type { CloseAnswer, DesktopEvent } from '#shared/contract/desktop.ts'
import type { Settings } from '#shared/contract/settings.ts'

/** What becomes of a window that is being closed. */
export type CloseDecision = 'hide' | 'quit' | 'ask'

export interface CloseQuestion {
  /** The window is being closed. */
  decide(): CloseDecision
  /** What the pages are asked, until the signal aborts. */
  events(signal: AbortSignal | undefined): AsyncGenerator<DesktopEvent>
}

/**
 * Decides what closing the window means: the pages ask once, and what the user wants kept is kept in the settings. Pages
 * that do not listen cannot ask: then it ends, as closing a window does where there is nothing else.
 */
export function createCloseQuestion(choice: () => Settings['closeWindow']): CloseQuestion {
  const publisher = new EventPublisher<{ ask: DesktopEvent }>()
  let listeners = 0
  return {
    decide() {
      const chosen = choice()
      if (chosen !== 'ask') return chosen === 'tray' ? 'hide' : 'quit'
      if (listeners === 0) return 'quit'
      publisher.publish('ask', { type: 'close-asked' })
      return 'ask'
    },
    async *events(signal) {
      const asked = publisher.subscribe('ask', { signal, maxBufferedEvents: 1 })
      listeners += 1
      try {
        yield* asked
      } finally {
        listeners -= 1
      }
    },
  }
}

/** Does what was answered. */
export function closeAs(answer: CloseAnswer, does: { hide: () => void; quit: () => void }): void {
  if (answer === 'tray') does.hide()
  else does.quit()
}

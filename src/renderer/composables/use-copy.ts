import type { Ref } from 'vue'
import { onScopeDispose, ref } from 'vue'

export type CopyOutcome = 'idle' | 'copied' | 'failed'

const SHOWN_MS = 2_000

/** What to copy: a text, or how to get one that is not at hand. */
export type CopySource = string | (() => Promise<string>)

/** Copies text to the clipboard, and says for a moment how that went. */
export function useCopy(): { outcome: Ref<CopyOutcome>; copy: (source: CopySource) => Promise<void> } {
  const outcome = ref<CopyOutcome>('idle')
  let reset: ReturnType<typeof setTimeout> | undefined

  async function copy(source: CopySource): Promise<void> {
    clearTimeout(reset)
    try {
      await navigator.clipboard.writeText(typeof source === 'string' ? source : await source())
      outcome.value = 'copied'
    } catch {
      // The caller shows it; the text can still be selected by hand.
      outcome.value = 'failed'
    }
    reset = setTimeout(() => (outcome.value = 'idle'), SHOWN_MS)
  }

  onScopeDispose(() => clearTimeout(reset))
  return { outcome, copy }
}

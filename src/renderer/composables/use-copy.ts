import type { Ref } from 'vue'
import { onScopeDispose, ref } from 'vue'

export type CopyOutcome = 'idle' | 'copied' | 'failed'

const SHOWN_MS = 2_000

/** Copies text to the clipboard, and says for a moment how that went. */
export function useCopy(): { outcome: Ref<CopyOutcome>; copy: (text: string) => Promise<void> } {
  const outcome = ref<CopyOutcome>('idle')
  let reset: ReturnType<typeof setTimeout> | undefined

  async function copy(text: string): Promise<void> {
    clearTimeout(reset)
    try {
      await navigator.clipboard.writeText(text)
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

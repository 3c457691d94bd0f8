import { onScopeDispose } from 'vue'
import type { KeyOf, ShortcutPlace } from '../shortcuts/shortcuts.ts'

/** Where a key is text, or the browser's own. */
const OWN_KEYS =
  'input, textarea, select, [contenteditable], [role="combobox"], [role="listbox"], [role="menu"]'
/** What Space and Enter press. */
const PRESSED = 'button, a, summary, [role="button"], [role="option"], [role="menuitem"], label'

/**
 * Keys of a page, wherever on it the focus is: not while something is written, nor while a dialog is open.
 *
 * @param actions by the key that is pressed, without Ctrl, Meta and Alt; it stands in the list of shortcuts.
 */
export function usePageKeys<Place extends ShortcutPlace>(
  actions: ReadonlyMap<KeyOf<Place>, () => void>,
): void {
  const byKey: ReadonlyMap<string, () => void> = actions
  const act = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    const action = byKey.get(event.key.length === 1 ? event.key.toLowerCase() : event.key)
    if (!action) return
    const target = event.target instanceof Element ? event.target : null
    if (target?.closest(OWN_KEYS)) return
    if ((event.key === ' ' || event.key === 'Enter') && target?.closest(PRESSED)) return
    if (document.querySelector('dialog[open], :popover-open')) return
    event.preventDefault()
    action()
  }
  window.addEventListener('keydown', act)
  onScopeDispose(() => window.removeEventListener('keydown', act))
}

/** Whether this is a Mac, whose shortcuts are with ⌘. */
const isMac = /^Mac/.test(navigator.platform)

/** How the key that begins most shortcuts is called here. */
export const MODIFIER = isMac ? '⌘' : 'Ctrl'

/** The key that begins most shortcuts is held, and no other. */
export function hasModifier(event: KeyboardEvent): boolean {
  const { ctrlKey, metaKey, altKey, shiftKey } = event
  return (isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey) && !altKey && !shiftKey
}

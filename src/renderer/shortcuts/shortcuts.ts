/** A shortcut of the application. */
export interface Shortcut {
  /** Its keys as they are written on the sheet; `Mod` is Ctrl, and ⌘ on a Mac. */
  shown: readonly string[]
  /** What a page listens to, as `usePageKeys` names keys; empty: something else listens. */
  pressed: readonly string[]
  /** The message that says what it does. */
  text: string
}

/**
 * Every shortcut of the application, by where it holds. The sheet lists them, and a page can only listen to a key that
 * stands here for it.
 */
export const SHORTCUTS = {
  everywhere: [
    { shown: ['Mod', 'K'], pressed: [], text: 'shortcuts.palette' },
    { shown: ['?'], pressed: ['?'], text: 'shortcuts.sheet' },
    { shown: ['F8'], pressed: [], text: 'shortcuts.toasts' },
    { shown: ['Esc'], pressed: [], text: 'shortcuts.close' },
  ],
  dashboard: [{ shown: ['F'], pressed: ['f'], text: 'shortcuts.fullScreen' }],
  charts: [
    { shown: ['Esc'], pressed: [], text: 'shortcuts.cancelZoom' },
    { shown: ['Alt', '←'], pressed: [], text: 'shortcuts.back' },
  ],
  calls: [
    { shown: ['↑', '↓', 'J', 'K'], pressed: ['ArrowUp', 'ArrowDown', 'j', 'k'], text: 'explorer.keyMove' },
    { shown: ['Enter'], pressed: [], text: 'explorer.keyOpen' },
    { shown: ['/'], pressed: ['/'], text: 'explorer.keySearch' },
    { shown: ['F'], pressed: ['f'], text: 'explorer.keyFilter' },
    { shown: ['Space'], pressed: [' '], text: 'explorer.keyPause' },
    { shown: ['.'], pressed: ['.'], text: 'explorer.keyNewest' },
    { shown: ['Alt', '← →'], pressed: [], text: 'explorer.keyColumn' },
    { shown: ['Enter'], pressed: [], text: 'explorer.keySort' },
    { shown: ['Shift', '← →'], pressed: [], text: 'explorer.keyWidth' },
  ],
  call: [
    { shown: ['Esc'], pressed: ['Escape'], text: 'explorer.keyBack' },
    { shown: ['[', ']'], pressed: ['[', ']'], text: 'explorer.keySession' },
  ],
  feedback: [
    {
      shown: ['↑', '↓', 'J', 'K'],
      pressed: ['ArrowUp', 'ArrowDown', 'j', 'k'],
      text: 'shortcuts.feedback.move',
    },
    { shown: ['X'], pressed: ['x'], text: 'shortcuts.feedback.choose' },
    { shown: ['Shift', '↑ ↓'], pressed: [], text: 'shortcuts.feedback.extend' },
    { shown: ['Mod', 'A'], pressed: [], text: 'shortcuts.feedback.all' },
    { shown: ['R'], pressed: ['r'], text: 'shortcuts.feedback.resolve' },
    { shown: ['U'], pressed: ['u'], text: 'shortcuts.feedback.reopen' },
    { shown: ['T'], pressed: ['t'], text: 'shortcuts.feedback.tag' },
    { shown: ['A'], pressed: ['a'], text: 'shortcuts.feedback.assign' },
    { shown: ['N'], pressed: ['n'], text: 'shortcuts.feedback.note' },
    { shown: ['Enter'], pressed: ['Enter'], text: 'shortcuts.feedback.open' },
    { shown: ['Esc'], pressed: ['Escape'], text: 'shortcuts.feedback.none' },
  ],
} as const satisfies Record<string, readonly Shortcut[]>

export type ShortcutPlace = keyof typeof SHORTCUTS

/** A key that a page may listen to. */
export type KeyOf<Place extends ShortcutPlace> = (typeof SHORTCUTS)[Place][number]['pressed'][number]

import type { Desktop } from './desktop.ts'
import { os } from './implementer.ts'

/** Without a window there is nothing to ask for. */
const NO_DESKTOP: Desktop = {
  state: async () => ({ startAtLogin: 'unavailable', logFolder: null }),
  setStartAtLogin: async () => undefined,
  openLogs: async () => false,
  answerClose: () => undefined,
  async *events() {},
}

/** Implements the contract of the desktop. */
export function desktopProcedures(desktop: Desktop = NO_DESKTOP) {
  return {
    state: os.desktop.state.handler(() => desktop.state()),
    setStartAtLogin: os.desktop.setStartAtLogin.handler(async ({ input }) => {
      await desktop.setStartAtLogin(input.isOn)
      return desktop.state()
    }),
    openLogs: os.desktop.openLogs.handler(async () => ({ isOpened: await desktop.openLogs() })),
    answerClose: os.desktop.answerClose.handler(({ input }) => desktop.answerClose(input.answer)),
    events: os.desktop.events.handler(({ signal }) => desktop.events(signal)),
  }
}

import type { CloseAnswer, DesktopEvent, DesktopState } from '#shared/contract/desktop.ts'

/** What the window may ask of the desktop it is on. */
export interface Desktop {
  state(): Promise<DesktopState>
  /** Has the console started, in the background, when the user logs in; or no more. */
  setStartAtLogin(isOn: boolean): Promise<void>
  /** @returns whether the system could show it. */
  openLogs(): Promise<boolean>
  /** What the user wants the closed window to mean, this time. */
  answerClose(answer: CloseAnswer): void
  /** What the desktop asks of the window, until the signal aborts. */
  events(signal: AbortSignal | undefined): AsyncGenerator<DesktopEvent>
}

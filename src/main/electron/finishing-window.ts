import { BrowserWindow } from 'electron'

/** Says that the application is closing, and why it is still there. It cannot be used for anything. */
export function openFinishingWindow(url: string): BrowserWindow {
  const window = new BrowserWindow({
    title: 'LLMOps Console',
    width: 420,
    height: 150,
    frame: false,
    resizable: false,
    minimizable: false,
    maximizable: false,
    fullscreenable: false,
    show: false,
    webPreferences: { contextIsolation: true, sandbox: true, nodeIntegration: false },
  })
  window.once('ready-to-show', () => window.show())
  void window.loadURL(url)
  return window
}

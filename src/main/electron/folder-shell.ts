import { mkdirSync } from 'node:fs'
import type { BrowserWindow } from 'electron'
import { dialog, shell } from 'electron'

/** Shows a folder in the system's file manager, and asks for one in the system's dialog. */
export function createFolderShell(windowOf: () => BrowserWindow | undefined) {
  return {
    async openFolder(folder: string): Promise<boolean> {
      // Before the first archive there is none.
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      return (await shell.openPath(folder)) === ''
    },
    async chooseFolder(): Promise<string | null> {
      const question = { properties: ['openDirectory' as const, 'createDirectory' as const] }
      const window = windowOf()
      const { canceled, filePaths } = await (window
        ? dialog.showOpenDialog(window, question)
        : dialog.showOpenDialog(question))
      return canceled ? null : (filePaths[0] ?? null)
    },
  }
}

import { dirname, join } from 'node:path'
import type { BrowserWindow } from 'electron'
import { app, dialog } from 'electron'
import type { FileDialogs } from '../file-dialogs.ts'

/**
 * @param windowOf the window that the dialogs belong to.
 * @param openedFile gives the file that the system says to open, once.
 * @param droppedFile gives the file that was dropped on the window, once.
 */
export function createFileDialogs({
  windowOf,
  openedFile,
  droppedFile,
}: {
  windowOf: () => BrowserWindow | undefined
  openedFile: () => string | undefined
  droppedFile: () => Promise<string | undefined>
}): FileDialogs {
  let folder = app.getPath('downloads')
  const ask = async (options: Electron.OpenDialogOptions): Promise<string | undefined> => {
    const window = windowOf()
    const { canceled, filePaths } = await (window
      ? dialog.showOpenDialog(window, { defaultPath: folder, ...options })
      : dialog.showOpenDialog({ defaultPath: folder, ...options }))
    return canceled ? undefined : filePaths[0]
  }
  return {
    droppedFile,
    async saveFile({ name, ending }) {
      const window = windowOf()
      const options = {
        defaultPath: join(folder, `${name}.${ending}`),
        filters: [{ name: ending.toUpperCase(), extensions: [ending] }],
      }
      const { canceled, filePath } = await (window
        ? dialog.showSaveDialog(window, options)
        : dialog.showSaveDialog(options))
      if (canceled || !filePath) return undefined
      folder = dirname(filePath)
      return filePath
    },
    async openFile(endings) {
      const path = await ask({
        properties: ['openFile'],
        ...(endings.length > 0 && { filters: [{ name: endings.join(', '), extensions: [...endings] }] }),
      })
      if (path !== undefined) folder = dirname(path)
      return path
    },
    openedFile,
    chooseFolder: () => ask({ properties: ['openDirectory', 'createDirectory'] }),
  }
}

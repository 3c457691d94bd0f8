import { ipcRenderer, webUtils } from 'electron'
import { CONNECT_MESSAGE, DROP_MESSAGE } from '../shared/ipc.ts'

window.addEventListener('message', (event) => {
  if (event.source !== window || event.data !== CONNECT_MESSAGE) return
  ipcRenderer.postMessage(CONNECT_MESSAGE, null, [...event.ports])
})

// Where a file lies is told to the main process only, and only of one that the user has dropped.
window.addEventListener(
  'drop',
  (event) => {
    const file = event.isTrusted ? event.dataTransfer?.files[0] : undefined
    if (file) ipcRenderer.send(DROP_MESSAGE, webUtils.getPathForFile(file))
  },
  true,
)

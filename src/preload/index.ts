import { ipcRenderer } from 'electron'
import { CONNECT_MESSAGE } from '../shared/ipc.ts'

window.addEventListener('message', (event) => {
  if (event.source !== window || event.data !== CONNECT_MESSAGE) return
  ipcRenderer.postMessage(CONNECT_MESSAGE, null, [...event.ports])
})

import { defineStore } from 'pinia'
import { ref } from 'vue'

/** What lies over whatever page is open: the command palette or the sheet of shortcuts. */
export const useOverlays = defineStore('overlays', () => ({
  open: ref<'palette' | 'shortcuts'>(),
}))

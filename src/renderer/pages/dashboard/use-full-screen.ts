import type { Ref } from 'vue'
import { onScopeDispose, ref } from 'vue'

/** The whole screen for the page. Escape leaves it, as does another page: the navigation is gone meanwhile. */
export function useFullScreen(): { isFullScreen: Ref<boolean>; toggle: () => void } {
  const isFullScreen = ref(document.fullscreenElement !== null)
  const follow = () => (isFullScreen.value = document.fullscreenElement !== null)
  const leave = () => {
    // It may have been left in this moment.
    if (document.fullscreenElement) document.exitFullscreen().catch(follow)
  }
  document.addEventListener('fullscreenchange', follow)
  onScopeDispose(() => {
    document.removeEventListener('fullscreenchange', follow)
    leave()
  })
  return {
    isFullScreen,
    toggle() {
      if (isFullScreen.value) leave()
      // Where the system does not allow it the page stays as it is.
      else document.documentElement.requestFullscreen().catch(follow)
    },
  }
}

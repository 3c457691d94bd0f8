import { ref } from 'vue'

/** Whether nobody can see the page: the window is hidden or minimised. */
export const isPageHidden = ref(false)

// Tests of composables run without a page.
if (typeof document !== 'undefined') {
  isPageHidden.value = document.hidden
  document.addEventListener('visibilitychange', () => (isPageHidden.value = document.hidden))
}

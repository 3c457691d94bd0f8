import type { Ref } from 'vue'
import { watch } from 'vue'

/**
 * Where the focus is after a form was sent and stays, because it was refused: in the first field that is wrong, or, if no
 * field is, where it was: a button that is disabled meanwhile loses it.
 */
export function useFirstProblem(
  form: Readonly<Ref<HTMLElement | null>>,
  isSending: Readonly<Ref<boolean>>,
): void {
  let cameFrom: Element | null = null
  watch(
    isSending,
    (isNow) => {
      if (isNow) cameFrom = document.activeElement
    },
    { flush: 'sync' },
  )
  watch(
    isSending,
    (isNow) => {
      if (isNow) return
      const wrong = form.value?.querySelector<HTMLElement>('[aria-invalid="true"]')
      if (wrong) wrong.focus()
      else if (document.activeElement === document.body && cameFrom instanceof HTMLElement) cameFrom.focus()
    },
    { flush: 'post' },
  )
}

import { reactive } from 'vue'

const KEY = 'call.markdown'

/** Which messages are shown as Markdown: as the last one was that anybody chose for, until it is chosen for this one. */
export function useMarkdownChoice(): {
  isOn: (message: number) => boolean
  toggle: (message: number) => void
} {
  const isUsual = localStorage.getItem(KEY) === 'on'
  const chosen = reactive(new Map<number, boolean>())
  const isOn = (message: number) => chosen.get(message) ?? isUsual
  return {
    isOn,
    toggle(message) {
      const isNowOn = !isOn(message)
      chosen.set(message, isNowOn)
      localStorage.setItem(KEY, isNowOn ? 'on' : 'off')
    },
  }
}

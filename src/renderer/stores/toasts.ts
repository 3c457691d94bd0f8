import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

export interface ToastAction {
  label: string
  run: () => void
}

/** What a page has to say in passing, in the language on screen. */
export interface ToastMessage {
  text: string
  /** Of a failure the user is told at once, and it stays until it is dismissed. */
  isFailure?: boolean
  /** Takes it back while the toast is there, or leads to it, which must be possible otherwise, too. */
  action?: ToastAction
}

export interface Toast extends ToastMessage {
  id: number
  /** How often it was said while it was there. */
  count: number
}

/** More would hide the page; the older ones wait beneath. */
const MAX_VISIBLE = 3

/** Messages that appear over whatever page is open, and go by themselves. */
export const useToasts = defineStore('toasts', () => {
  const toasts = shallowRef<readonly Toast[]>([])
  const visible = computed(() => toasts.value.slice(-MAX_VISIBLE))
  /** How many wait beneath. */
  const waiting = computed(() => toasts.value.length - visible.value.length)
  let lastId = 0

  /** Shows a message. What is said already is counted instead, unless there is something to do about each of the two. */
  function show(message: ToastMessage): void {
    const isSame = ({ text, action, isFailure = false }: Toast) =>
      !action && !message.action && text === message.text && isFailure === (message.isFailure ?? false)
    const said = toasts.value.find(isSame)
    toasts.value = said
      ? toasts.value.map((toast) =>
          toast === said ? { ...message, id: said.id, count: said.count + 1 } : toast,
        )
      : [...toasts.value, { ...message, id: (lastId += 1), count: 1 }]
  }

  function dismiss(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }

  function dismissAll(): void {
    toasts.value = []
  }

  return { visible, waiting, show, dismiss, dismissAll }
})

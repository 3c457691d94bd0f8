import type { Ref } from 'vue'
import { ref } from 'vue'
import { drawLater } from '../components/charts/draw-in-turn.ts'

/**
 * Whether a control may be made that takes long to make. While the application starts it gives way to what is read; a
 * stand-in of the same look and size keeps its place. Later it is true at once.
 */
export function useLater(): Ref<boolean> {
  const isTime = ref(false)
  const isWaiting = drawLater(() => (isTime.value = true))
  isTime.value = !isWaiting
  return isTime
}

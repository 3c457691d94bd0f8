import type { ComputedRef } from 'vue'
import { computed, ref } from 'vue'
import type { CallColumn, CallColumnId } from './call-columns.ts'
import { CALL_COLUMNS, readColumns } from './call-columns.ts'

const KEY = 'calls.columns'

/** The columns that this user wants to see, kept from one start to the next. */
export function useCallColumns(): {
  columns: ComputedRef<CallColumn[]>
  isShown: (id: CallColumnId) => boolean
  show: (id: CallColumnId, isShown: boolean) => void
} {
  const chosen = ref(new Set(readColumns(localStorage.getItem(KEY))))
  return {
    columns: computed(() => CALL_COLUMNS.filter(({ id }) => chosen.value.has(id))),
    isShown: (id) => chosen.value.has(id),
    show(id, isShown) {
      if (isShown) chosen.value.add(id)
      else chosen.value.delete(id)
      localStorage.setItem(KEY, JSON.stringify([...chosen.value]))
    },
  }
}

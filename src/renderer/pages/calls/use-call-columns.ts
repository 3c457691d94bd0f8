import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import type { ChosenColumn } from '#shared/contract/call-views.ts'
import { LIMITS } from '#shared/limits.ts'
import { useSettings } from '../../stores/settings.ts'
import type { CallColumnId, ShownColumn } from './call-columns.ts'
import { CALL_COLUMNS, choiceOf, columnsOf, moveColumn } from './call-columns.ts'

export interface CallColumns {
  columns: ComputedRef<ShownColumn[]>
  /** As it is kept. */
  chosen: ComputedRef<ChosenColumn[] | null>
  isShown: (id: CallColumnId) => boolean
  show: (id: CallColumnId, isShown: boolean) => void
  /** Before the column that is at this place without it. */
  move: (id: CallColumnId, to: number) => void
  /** Undefined: as wide as there is room. */
  resize: (id: CallColumnId, widthPx: number | undefined) => void
  choose: (columns: ChosenColumn[] | null) => void
}

/** The columns that this user wants to see, in their order, kept with the settings. */
export function useCallColumns(): CallColumns {
  const settings = useSettings()
  const columns = computed(() => columnsOf(settings.settings.callColumns))
  const choose = (callColumns: ChosenColumn[] | null) => void settings.choose({ callColumns })
  const keep = (changed: readonly ShownColumn[]) => choose(choiceOf(changed))
  return {
    columns,
    chosen: computed(() => choiceOf(columns.value)),
    isShown: (id) => columns.value.some((column) => column.id === id),
    show(id, isShown) {
      if (!isShown) return keep(columns.value.filter((column) => column.id !== id))
      const column = CALL_COLUMNS.find((one) => one.id === id)
      if (!column) return
      // Before the first one that comes after it by nature.
      const rank = (other: CallColumnId) => CALL_COLUMNS.findIndex((one) => one.id === other)
      const place = columns.value.findIndex((other) => rank(other.id) > rank(id))
      const at = place === -1 ? columns.value.length : place
      keep(columns.value.toSpliced(at, 0, { ...column, widthPx: undefined }))
    },
    move: (id, to) => keep(moveColumn(columns.value, id, to)),
    resize(id, widthPx) {
      const { columnMinPx, columnMaxPx } = LIMITS
      const px = widthPx && Math.round(Math.max(columnMinPx, Math.min(widthPx, columnMaxPx)))
      keep(columns.value.map((column) => (column.id === id ? { ...column, widthPx: px } : column)))
    },
    choose,
  }
}

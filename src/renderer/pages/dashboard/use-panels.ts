import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useSettings } from '../../stores/settings.ts'
import type { ArrangedPanel, PanelId } from './dashboard-panels.ts'
import { arrangePanels, choiceOf, movePanel } from './dashboard-panels.ts'

export interface Panels {
  panels: ComputedRef<ArrangedPanel[]>
  /** Whether they are not as they come. */
  isChanged: ComputedRef<boolean>
  isShown: (id: PanelId) => boolean
  show: (id: PanelId, isShown: boolean) => void
  /** To a place among all panels, hidden ones counted. */
  move: (id: PanelId, to: number) => void
  reset: () => void
}

/** How this user wants to see the dashboard, kept with the settings. */
export function usePanels(): Panels {
  const settings = useSettings()
  const panels = computed(() => arrangePanels(settings.settings.dashboardPanels))
  const keep = (arranged: readonly ArrangedPanel[]) =>
    void settings.choose({ dashboardPanels: choiceOf(arranged) })
  return {
    panels,
    isChanged: computed(() => choiceOf(panels.value) !== null),
    isShown: (id) => panels.value.some((panel) => panel.id === id && panel.isShown),
    show: (id, isShown) =>
      keep(panels.value.map((panel) => (panel.id === id ? { ...panel, isShown } : panel))),
    move: (id, to) => keep(movePanel(panels.value, id, to)),
    reset: () => void settings.choose({ dashboardPanels: null }),
  }
}

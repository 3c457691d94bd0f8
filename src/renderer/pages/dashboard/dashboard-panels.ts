import type { ChosenPanel } from '#shared/contract/dashboard.ts'

/**
 * The panels of the dashboard, as it comes, and how much of a row each takes if there is room: charts over time are
 * read from left to right, rankings from top to bottom.
 */
export const PANELS = [
  { id: 'response-time', label: 'dashboard.responseTime', size: 'wide' },
  { id: 'outcome', label: 'dashboard.outcome', size: 'narrow' },
  { id: 'cost', label: 'dashboard.cost', size: 'half' },
  { id: 'tokens', label: 'dashboard.tokens', size: 'half' },
  { id: 'requests', label: 'dashboard.requestsOverTime', size: 'half' },
  { id: 'errors', label: 'dashboard.errorTypes', size: 'half' },
  { id: 'models', label: 'dashboard.models', size: 'third' },
  { id: 'apps', label: 'dashboard.apps', size: 'third' },
  { id: 'users', label: 'dashboard.topUsers', size: 'third' },
  { id: 'breakdown', label: 'dashboard.breakdown', size: 'full' },
  { id: 'top-calls', label: 'dashboard.topCalls', size: 'full' },
  { id: 'newest-calls', label: 'dashboard.newestCalls', size: 'full' },
] as const

export type PanelId = (typeof PANELS)[number]['id']

/** A panel in the place that it has for this user. */
export type ArrangedPanel = (typeof PANELS)[number] & { isShown: boolean }

/** How the panels are arranged: as they were chosen; those that were not known then come where they come by nature. */
export function arrangePanels(chosen: readonly ChosenPanel[] | null): ArrangedPanel[] {
  const arranged = (chosen ?? []).flatMap(({ id, isShown }) => {
    const panel = PANELS.find((one) => one.id === id)
    return panel ? [{ ...panel, isShown }] : []
  })
  PANELS.forEach((panel, index) => {
    if (arranged.some(({ id }) => id === panel.id)) return
    const before = PANELS[index - 1]
    const place = arranged.findIndex(({ id }) => id === before?.id) + 1
    arranged.splice(place, 0, { ...panel, isShown: true })
  })
  return arranged
}

/** What is kept of an arrangement; null: it is as it comes. */
export function choiceOf(panels: readonly ArrangedPanel[]): ChosenPanel[] | null {
  const isNatural = panels.every(({ id, isShown }, index) => isShown && PANELS[index]?.id === id)
  return isNatural ? null : panels.map(({ id, isShown }) => ({ id, isShown }))
}

/** @param to the place that the panel has afterwards. */
export function movePanel(panels: readonly ArrangedPanel[], id: PanelId, to: number): ArrangedPanel[] {
  const from = panels.findIndex((panel) => panel.id === id)
  const panel = panels[from]
  return panel ? panels.toSpliced(from, 1).toSpliced(to, 0, panel) : [...panels]
}

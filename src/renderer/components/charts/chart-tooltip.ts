export interface TooltipRow {
  name: string
  value: string
  /** Of the series; a row without one explains the others. */
  color?: string | undefined
}

/** Builds a tooltip of elements, not of markup: nothing can be injected into it. */
export function chartTooltip(title: string, rows: readonly TooltipRow[]): HTMLElement {
  const box = document.createElement('div')
  box.append(title)
  for (const row of rows) {
    const line = document.createElement('div')
    Object.assign(line.style, { display: 'flex', alignItems: 'center', gap: '8px' })
    const mark = document.createElement('span')
    Object.assign(mark.style, {
      width: '8px',
      height: '8px',
      borderRadius: '2px',
      background: row.color ?? 'transparent',
    })
    const value = document.createElement('strong')
    value.style.marginLeft = 'auto'
    value.append(row.value)
    line.append(mark, row.name, value)
    box.append(line)
  }
  return box
}

/** What ECharts draws over a colour: shapes in strokes and gaps, in pixels. */
interface Decal {
  symbol: 'rect' | 'circle'
  color: string
  dashArrayX: number | number[][]
  dashArrayY: number[]
  rotation: number
}

/** By the place of a part in its bar; the first is plain. The legend's marks have the same (`chart-legend.vue`). */
const DECALS: readonly (Omit<Decal, 'color'> | undefined)[] = [
  undefined,
  { symbol: 'rect', dashArrayX: 1_000, dashArrayY: [2, 3], rotation: -Math.PI / 4 },
  {
    symbol: 'circle',
    dashArrayX: [
      [3, 3],
      [0, 3, 3, 0],
    ],
    dashArrayY: [3, 0],
    rotation: 0,
  },
  { symbol: 'rect', dashArrayX: 1_000, dashArrayY: [2, 3], rotation: 0 },
]

/** How many patterns there are; with more parts they repeat. */
export const PATTERN_COUNT = DECALS.length

/** @param ink the colour behind the bars: it shows on all of them, in both themes. */
export function decalOf(index: number, ink: string): Decal | undefined {
  const decal = DECALS[index % PATTERN_COUNT]
  // ECharts keeps what it drew by the object, and screens and pictures differ in their pixels.
  return decal && { ...decal, color: ink }
}

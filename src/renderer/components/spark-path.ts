/** As many points as so small a picture can show. */
const POINTS_MAX = 48

type Value = number | null

/** Makes a course shorter: each value stands for a stretch of it, and is the mean of what is known there. */
export function thinOut(values: readonly Value[], most: number = POINTS_MAX): Value[] {
  if (values.length <= most) return [...values]
  return Array.from({ length: most }, (_, index) => {
    const from = Math.floor((index * values.length) / most)
    const to = Math.floor(((index + 1) * values.length) / most)
    const known = values.slice(from, to).filter((value) => value !== null)
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
  })
}

/**
 * The course of a figure as paths of SVG, from the left to the right of a box. Where nothing is known the line has a gap.
 *
 * @param fromZero whether the box begins at zero: amounts do, shares are seen from their least value on.
 * @returns the line, and the area under it; both empty if nothing is known, or nothing came.
 */
export function sparkPath(
  values: readonly Value[],
  { width, height, fromZero }: { width: number; height: number; fromZero: boolean },
): { line: string; area: string } {
  const course = thinOut(values)
  const known = course.filter((value) => value !== null)
  // That nothing came is no course.
  if (known.every((value) => value === 0)) return { line: '', area: '' }
  const high = Math.max(...known)
  const low = fromZero ? Math.min(0, ...known) : Math.min(...known)
  const step = width / Math.max(1, course.length - 1)
  const x = (index: number) => round(index * step)
  // What never changes lies in the middle.
  const y = (value: number) =>
    round(high === low ? height / 2 : height - ((value - low) / (high - low)) * height)
  const stretches = stretchesOf(course)
  const line = stretches.map((points) => {
    const [first] = points
    if (points.length === 1 && first) return `M${x(first.index)} ${y(first.value)}h0.01`
    return `M${points.map(({ index, value }) => `${x(index)} ${y(value)}`).join('L')}`
  })
  const area = stretches.map((points) => {
    const tops = points.map(({ index, value }) => `L${x(index)} ${y(value)}`).join('')
    return `M${x(points[0]?.index ?? 0)} ${height}${tops}L${x(points.at(-1)?.index ?? 0)} ${height}Z`
  })
  return { line: line.join(''), area: area.join('') }
}

type Point = { index: number; value: number }

/** Neighbours that are known. */
function stretchesOf(values: readonly Value[]): Point[][] {
  const stretches: Point[][] = []
  values.forEach((value, index) => {
    if (value === null) return
    const last = stretches.at(-1)
    if (last?.at(-1)?.index === index - 1) last.push({ index, value })
    else stretches.push([{ index, value }])
  })
  return stretches
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

import { bucketStart, DAY_MS, HOUR_MS } from './rollup-levels.ts'

/** Calls of one label set that started in one hour or day (UTC). */
export interface Cell {
  start: number
  labelSetId: number
}

export interface HourCell extends Cell {
  day: Cell
}

/** Gives all that counts calls of an hour the same object to count them by, so that each is looked up once. */
export class HourCells {
  readonly #hours = new Map<number, Map<number, HourCell>>()
  readonly #days = new Map<number, Map<number, Cell>>()

  at(time: number, labelSetId: number): HourCell {
    const start = bucketStart(time, HOUR_MS)
    const hours = mapAt(this.#hours, labelSetId)
    let hour = hours.get(start)
    if (!hour) hours.set(start, (hour = { start, labelSetId, day: this.#dayAt(start, labelSetId) }))
    return hour
  }

  clear(): void {
    this.#hours.clear()
    this.#days.clear()
  }

  #dayAt(time: number, labelSetId: number): Cell {
    const start = bucketStart(time, DAY_MS)
    const days = mapAt(this.#days, labelSetId)
    let day = days.get(start)
    if (!day) days.set(start, (day = { start, labelSetId }))
    return day
  }
}

function mapAt<T>(maps: Map<number, Map<number, T>>, key: number): Map<number, T> {
  let map = maps.get(key)
  if (!map) maps.set(key, (map = new Map<number, T>()))
  return map
}

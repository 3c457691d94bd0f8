import { readPlace, writePlace } from './cursor.ts'
import { os } from './implementer.ts'
import type { SortedPlace } from './store/queries/sort-calls.ts'
import type { CallPlace } from './store/queries/call-places.ts'
import type { Store } from './store/store.ts'

/** Implements the list of calls: by their start, or by what they are sorted by. */
export function callListProcedure(store: Pick<Store, 'ask'>) {
  return os.appLogs.list.handler(async ({ input: { cursor, sort, order = 'desc', ...filter } }) => {
    if (sort === undefined) {
      const after = cursor === undefined ? undefined : readCursor(cursor)
      const { items, end } = await store.ask('listCalls', { ...filter, after })
      return { items, nextCursor: end && writeCursor(end), lookedThroughTo: end && end.startedAt }
    }
    const after = cursor === undefined ? undefined : readSorted(cursor)
    const page = await store.ask('sortCalls', { ...filter, sort, order, after })
    const { items, end, among, count, lookedThroughTo } = page
    return { items, nextCursor: end && writeSorted(end), lookedThroughTo, sorted: { among, count } }
  })
}

function writeCursor(last: CallPlace): string {
  return writePlace(`${last.startedAt}.${last.id}`)
}

function readCursor(cursor: string): CallPlace {
  const [startedAt, id] = readPlace(cursor, /^(-?\d{1,16})\.(\d{1,16})$/)
  return { startedAt: Number(startedAt), id: Number(id) }
}

function writeSorted({ value, id, newest }: SortedPlace): string {
  return writePlace(`${value ?? ''}.${id}.${newest.startedAt}.${newest.id}`)
}

function readSorted(cursor: string): SortedPlace {
  const [value, id, startedAt, newestId] = readPlace(
    cursor,
    /^(-?\d{0,16})\.(\d{1,16})\.(-?\d{1,16})\.(\d{1,16})$/,
  )
  return {
    value: value === '' ? null : Number(value),
    id: Number(id),
    newest: { startedAt: Number(startedAt), id: Number(newestId) },
  }
}

import { LIMITS } from '#shared/limits.ts'
import type { Decoded } from '../../ingest/index.ts'

/** An item that cannot be read; the others of its request can. The message echoes no value. */
export class Unreadable extends Error {}

/** Adds an item to what was decoded, or the reason why it cannot be read. */
export function decodeItem<Item>({ items, rejections }: Decoded<Item>, read: () => Item): void {
  try {
    items.push(read())
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    rejections.add(error.message)
  }
}

/** @throws Unreadable for a value inside as many others. */
export function expectDepth(depth: number): void {
  if (depth <= LIMITS.jsonDepth) return
  throw new Unreadable(`an attribute must not be nested deeper than ${LIMITS.jsonDepth}`)
}

/** @throws Unreadable for a list of attributes, or an object in one, that is too long. */
export function expectKeys(count: number): void {
  if (count <= LIMITS.jsonKeys) return
  throw new Unreadable(`there must be at most ${LIMITS.jsonKeys} attributes`)
}

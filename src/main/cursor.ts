import { ORPCError } from '@orpc/server'

/** A cursor is a place in a list; its text is ours to change, so callers must not read it. */
export function writePlace(place: string): string {
  return Buffer.from(place).toString('base64url')
}

/**
 * @param form what a place of that list looks like.
 * @throws ORPCError `BAD_REQUEST` if the cursor is not one that the list gave.
 */
export function readPlace(cursor: string, form: RegExp): string[] {
  const match = form.exec(Buffer.from(cursor, 'base64url').toString('latin1'))
  if (!match) throw new ORPCError('BAD_REQUEST', { message: 'cursor is not one that a list gave.' })
  return match.slice(1)
}

/** One page of a list that is in memory. */
export function pageOf<T>(
  all: readonly T[],
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): { items: T[]; nextCursor: string | null } {
  const start = cursor === undefined ? 0 : Number(readPlace(cursor, /^(\d{1,9})$/)[0])
  const end = start + limit
  return { items: all.slice(start, end), nextCursor: end < all.length ? writePlace(String(end)) : null }
}

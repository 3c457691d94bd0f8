/**
 * A 64-bit integer as plain JavaScript: a number, or, where a number cannot hold it, its decimal text. Ids are such
 * integers: one that is rounded is another user's.
 */
export function integerValue(integer: bigint): number | string {
  const number = Number(integer)
  return Number.isSafeInteger(number) ? number : String(integer)
}

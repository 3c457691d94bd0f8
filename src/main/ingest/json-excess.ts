import { LIMITS } from '#shared/limits.ts'

/** @returns what is too much of a JSON value: its nesting beyond `depth`, or the keys of one of its objects; or null. */
export function findExcess(value: unknown, depth: number = LIMITS.jsonDepth): string | null {
  if (typeof value !== 'object' || value === null) return null
  if (depth === 0) return `must not be nested deeper than ${LIMITS.jsonDepth}`
  const items: unknown[] = Array.isArray(value) ? value : Object.values(value)
  if (items.length > LIMITS.jsonKeys && !Array.isArray(value)) {
    return `must not hold an object of more than ${LIMITS.jsonKeys} keys`
  }
  for (const item of items) {
    const excess = findExcess(item, depth - 1)
    if (excess !== null) return excess
  }
  return null
}

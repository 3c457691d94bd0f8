/*
 * JSON in columns, which only the store itself has written. Looked at by hand: a schema's library would be loaded by every
 * thread, and at every start.
 */

/** @throws Error if it is not a list of texts. */
export function storedTexts(json: string): string[] {
  const value: unknown = JSON.parse(json)
  if (!Array.isArray(value) || !value.every((text) => typeof text === 'string'))
    throw new Error('a stored list of texts is none')
  return value
}

/** @throws Error if it is not an object. */
export function storedFields(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('a stored object is none')
  return { ...value }
}

import { setImmediate } from 'node:timers/promises'

/** Elements of lists that are written in one step; a larger answer is written in several. */
const ELEMENTS_PER_STEP = 200
/** Lists lie no deeper in an answer. */
const DEPTH = 4

/** Whether writing it in one step would hold the main thread for long. */
export function isLarge(value: unknown): boolean {
  return countElements(value, DEPTH) > ELEMENTS_PER_STEP
}

/** JSON of a value that is large, written step by step as it is read, with a turn for others between. */
export function streamJson(value: unknown): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const steps = writeParts(value)
  return new ReadableStream({
    async pull(controller) {
      await setImmediate()
      const step = steps.next()
      if (step.done === true) controller.close()
      else controller.enqueue(encoder.encode(step.value))
    },
  })
}

function countElements(value: unknown, depth: number): number {
  if (depth === 0 || typeof value !== 'object' || value === null) return 0
  const count = Array.isArray(value) ? value.length : 0
  if (count > ELEMENTS_PER_STEP) return count
  return Object.values(value).reduce<number>((sum, part) => sum + countElements(part, depth - 1), count)
}

function* writeValue(value: unknown): Generator<string> {
  if (isLarge(value)) yield* writeParts(value)
  // A hole in a list is null.
  else yield JSON.stringify(value ?? null)
}

function writeParts(value: unknown): Generator<string> {
  return Array.isArray(value) ? writeList(value) : writeRecord(Object.entries(value as object))
}

function* writeList(list: readonly unknown[]): Generator<string> {
  yield '['
  // Few elements that are large, or many that are not.
  const step = list.length > ELEMENTS_PER_STEP ? ELEMENTS_PER_STEP : 1
  for (let at = 0; at < list.length; at += step) {
    if (at > 0) yield ','
    if (step === 1) yield* writeValue(list[at])
    else yield JSON.stringify(list.slice(at, at + step)).slice(1, -1)
  }
  yield ']'
}

function* writeRecord(entries: readonly [string, unknown][]): Generator<string> {
  yield '{'
  let separator = ''
  for (const [key, value] of entries) {
    if (value === undefined) continue
    yield `${separator}${JSON.stringify(key)}:`
    yield* writeValue(value)
    separator = ','
  }
  yield '}'
}

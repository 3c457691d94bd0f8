import LRU from 'zrender/lib/core/LRU.js'

/** No text that begins so is the name of what objects inherit. */
const PREFIX = '='

type Method = (this: LRU<unknown>, key: string | number, value: unknown) => unknown

/**
 * Makes ECharts safe from the texts that it draws. It remembers how wide each was, by the text itself, in a plain object:
 * a model called `__proto__` is found there, as the prototype of all objects, and written into, after which no page opens
 * any more; one called `constructor` has no width. To be called once, before anything is drawn.
 */
export function keepDrawnTextsApart(): void {
  const cache: Record<'get' | 'put', Method> = LRU.prototype
  for (const name of ['get', 'put'] as const) {
    const method = cache[name]
    cache[name] = function (key, value) {
      return method.call(this, `${PREFIX}${key}`, value)
    }
  }
}

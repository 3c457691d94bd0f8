import type { ShallowRef } from 'vue'
import { onScopeDispose, shallowRef, watch } from 'vue'
import type { Snippet } from '#shared/contract/search.ts'
import { LIMITS } from '#shared/limits.ts'
import { client } from '../../client.ts'

/** Snippets that are kept; older ones are asked for again. */
const MOST_KEPT = 2_000

/** Where the text that is searched for stands in each of the calls in view, by id. They come when the rows are there. */
export function useSnippets(
  wanted: () => string | undefined,
  idsInView: () => readonly number[],
): ShallowRef<ReadonlyMap<number, Snippet>> {
  const snippets = shallowRef<ReadonlyMap<number, Snippet>>(new Map())
  /** Those that were asked for, whether they have any or not. */
  let known = new Set<number>()
  let current = new AbortController()

  async function load(q: string, ids: readonly number[]): Promise<void> {
    const asked = current
    for (const id of ids) known.add(id)
    try {
      const { items } = await client.search.snippets({ q, ids: [...ids] }, { signal: asked.signal })
      if (asked !== current) return
      snippets.value = new Map([...snippets.value, ...items.map((item) => [item.id, item] as const)])
    } catch {
      // The row stands without one; it is asked for again when it comes into view again.
      if (asked === current) for (const id of ids) known.delete(id)
    }
  }

  function forget(): void {
    current.abort()
    current = new AbortController()
    known = new Set()
    snippets.value = new Map()
  }

  watch(wanted, forget)
  watch([wanted, idsInView], ([q, ids]) => {
    if (q === undefined) return
    if (known.size > MOST_KEPT) forget()
    const missing = ids.filter((id) => !known.has(id)).slice(0, LIMITS.snippetsPerAnswer)
    if (missing.length > 0) void load(q, missing)
  })
  onScopeDispose(() => current.abort())
  return snippets
}

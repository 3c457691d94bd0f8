import { os } from './implementer.ts'
import type { Store } from './store/store.ts'

const { state, rebuild, snippets } = os.search

/** Implements the contract of search. */
export function searchProcedures(store: Pick<Store, 'ask' | 'rebuildTextIndex'>) {
  return {
    state: state.handler(() => store.ask('textIndexState', null)),
    rebuild: rebuild.handler(() => store.rebuildTextIndex()),
    snippets: snippets.handler(async ({ input }) => ({ items: await store.ask('matchSnippets', input) })),
  }
}

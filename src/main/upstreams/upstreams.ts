import type { Upstream, UpstreamFlavour } from '#shared/contract/upstreams.ts'
import { LIMITS } from '#shared/limits.ts'
import { Turns } from '#shared/turns.ts'
import type { Store } from '../store/store.ts'
import { BUILT_IN_UPSTREAMS } from './built-in.ts'

/** What can be wrong with a change that is well-formed. */
export type UpstreamProblem = 'not-found' | 'name-taken' | 'too-many' | 'built-in'

/** Where the recording proxy may lead: the built-in upstreams and the user's own, and nowhere else. */
export interface Upstreams {
  /** Built-in ones first, then the user's own by name. */
  list(): Upstream[]
  /** Answers from memory: the proxy asks on every request, and works without a store. */
  find(name: string): Upstream | undefined
  create(upstream: NewUpstream): Promise<Upstream | UpstreamProblem>
  /** Leaves what is not given as it is. A built-in one that gets its default base URL back follows it from then on. */
  update(name: string, changes: Partial<Omit<NewUpstream, 'name'>>): Promise<Upstream | UpstreamProblem>
  remove(name: string): Promise<'removed' | UpstreamProblem>
}

interface NewUpstream {
  name: string
  baseUrl: string
  flavour: UpstreamFlavour
}

/**
 * Reads what was configured. This process is the only one that changes it, so memory stays true.
 *
 * @throws ConsoleError what `Store.ask` throws; changes throw what `Store.writeUpstream` does.
 */
export async function openUpstreams(store: Pick<Store, 'ask' | 'writeUpstream'>): Promise<Upstreams> {
  const own = new Map((await store.ask('listUpstreams', null)).map((row) => [row.name, row]))
  const turns = new Turns()
  const builtIn = new Map(BUILT_IN_UPSTREAMS.map((upstream) => [upstream.name, upstream]))

  const complete = (row: NewUpstream): Upstream => {
    const preset = builtIn.get(row.name)
    return { ...row, isBuiltIn: preset !== undefined, defaultBaseUrl: preset?.baseUrl ?? null }
  }
  const find = (name: string): Upstream | undefined => {
    const row = own.get(name) ?? builtIn.get(name)
    return row && complete(row)
  }
  const keep = async (row: NewUpstream): Promise<Upstream> => {
    if (builtIn.get(row.name)?.baseUrl === row.baseUrl) return forget(row.name, complete(row))
    await store.writeUpstream({ name: row.name, upstream: row })
    own.set(row.name, row)
    return complete(row)
  }
  const forget = async <T>(name: string, result: T): Promise<T> => {
    await store.writeUpstream({ name, upstream: null })
    own.delete(name)
    return result
  }

  return {
    list: () =>
      [...builtIn.keys(), ...[...own.keys()].filter((name) => !builtIn.has(name)).sort()].flatMap(
        (name) => find(name) ?? [],
      ),
    find,
    create: ({ name, baseUrl, flavour }) =>
      turns.take(async () => {
        if (find(name)) return 'name-taken'
        if (own.size >= LIMITS.upstreams) return 'too-many'
        return keep({ name, baseUrl, flavour })
      }),
    update: (name, { baseUrl, flavour }) =>
      turns.take(async () => {
        const current = find(name)
        if (!current) return 'not-found'
        if (current.isBuiltIn && flavour !== undefined && flavour !== current.flavour) return 'built-in'
        return keep({ name, baseUrl: baseUrl ?? current.baseUrl, flavour: flavour ?? current.flavour })
      }),
    remove: (name) =>
      turns.take(async () => {
        if (builtIn.has(name)) return 'built-in'
        return own.has(name) ? forget(name, 'removed') : 'not-found'
      }),
  }
}

import type { Kysely } from 'kysely'
import type { StoredUpstream } from './queries/list-upstreams.ts'
import type { Schema } from './schema.ts'

/** What becomes of the upstream of a name: it is stored in place of the one before, or, with null, removed. */
export interface UpstreamChange {
  name: string
  upstream: StoredUpstream | null
}

export async function writeUpstream(db: Kysely<Schema>, { name, upstream }: UpstreamChange): Promise<void> {
  if (upstream === null) {
    await db.deleteFrom('upstream').where('name', '=', name).execute()
    return
  }
  const columns = { base_url: upstream.baseUrl, flavour: upstream.flavour }
  await db
    .insertInto('upstream')
    .values({ name, ...columns })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(columns))
    .execute()
}

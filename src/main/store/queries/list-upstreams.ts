import type { Kysely } from 'kysely'
import type { UpstreamFlavour } from '#shared/contract/upstreams.ts'
import type { Schema } from '../schema.ts'

/** An upstream that the user configured: one of their own, or a built-in one with another base URL. */
export interface StoredUpstream {
  name: string
  baseUrl: string
  flavour: UpstreamFlavour
}

/** The table is small, and read once. */
export async function listUpstreams(db: Kysely<Schema>): Promise<StoredUpstream[]> {
  return db.selectFrom('upstream').select(['name', 'base_url as baseUrl', 'flavour']).execute()
}

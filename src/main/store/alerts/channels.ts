import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/** Where notifications go. */
export interface StoredChannel {
  id: string
  type: string
  name: string
  isEnabled: boolean
  /** What is not secret of it; for the domain to read. */
  config: unknown
  /** As the operating system has encrypted it. */
  secret: Uint8Array | null
  /** epoch ms */
  createdAt: number
}

/** What becomes of a channel: it is stored in place of the one before, or, with null, removed. */
export interface ChannelChange {
  id: string
  channel: StoredChannel | null
}

export async function writeChannel(db: Kysely<Schema>, { id, channel }: ChannelChange): Promise<void> {
  if (channel === null) {
    await db.deleteFrom('alert_channel').where('id', '=', id).execute()
    return
  }
  const columns = {
    type: channel.type,
    name: channel.name,
    is_enabled: channel.isEnabled ? 1 : 0,
    config: JSON.stringify(channel.config),
    secret: channel.secret,
    created_at: channel.createdAt,
  }
  await db
    .insertInto('alert_channel')
    .values({ id, ...columns })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(columns))
    .execute()
}

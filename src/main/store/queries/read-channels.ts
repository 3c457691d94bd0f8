import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { StoredChannel } from '../alerts/channels.ts'
import type { Schema } from '../schema.ts'

/** What became of the newest notification of a channel that was tried. */
export interface ChannelResult {
  channelId: string
  status: 'sent' | 'retrying' | 'dead'
  reason: string | null
  /** epoch ms: when it was put into the outbox */
  at: number
}

/** The table is small, and read once; so is the outbox, whole, for the newest results. */
export async function readChannels(
  db: Kysely<Schema>,
): Promise<{ channels: StoredChannel[]; results: ChannelResult[] }> {
  const channels = await db
    .selectFrom('alert_channel')
    .selectAll()
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  // SQLite takes the other columns from the row with the greatest value.
  const results = await db
    .selectFrom('alert_delivery')
    .select(['channel_id', 'status', 'reason', sql<number>`max(created_at)`.as('at')])
    .where('status', 'in', ['sent', 'retrying', 'dead'])
    .groupBy('channel_id')
    .execute()
  return {
    channels: channels.map((row) => ({
      id: row.id,
      type: row.type,
      name: row.name,
      isEnabled: row.is_enabled === 1,
      config: JSON.parse(row.config) as unknown,
      secret: row.secret,
      createdAt: row.created_at,
    })),
    results: results.map(({ channel_id: channelId, status, reason, at }) => ({
      channelId,
      // What the query asks for.
      status: status as ChannelResult['status'],
      reason,
      at,
    })),
  }
}

import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { LIMITS } from '#shared/limits.ts'
import type { Schema } from '../schema.ts'

/** A notification that waits to be sent. */
export interface WaitingDelivery {
  id: string
  attempts: number
  createdAt: number
  /** The message, as it was put into the outbox. */
  payload: unknown
}

/** What waits for one channel. */
export interface ChannelQueue {
  channelId: string
  /** The one to be sent now. */
  dueId: string | null
  /** When the next one is due that is not yet, epoch ms. */
  nextAttemptAt: number | null
}

/**
 * What waits for each channel. Notifications of one rule reach a channel in the order in which they were put into the
 * outbox: while one is being tried again, those behind it wait, and those of other rules do not. Uses alert_delivery_due,
 * which leads to the open ones only. The clock may have been put back since: then what they tell of lies ahead, and means
 * nothing.
 */
export async function dueDeliveries(
  db: Kysely<Schema>,
  { now, channelId }: { now: number; channelId?: string },
): Promise<ChannelQueue[]> {
  let open = db
    .selectFrom('alert_delivery')
    .select(['id', 'channel_id', 'rule_id', 'status', 'next_attempt_at'])
    .where('status', 'in', ['queued', 'sending', 'retrying'])
  if (channelId !== undefined) open = open.where('channel_id', '=', channelId)
  const rows = await open.orderBy(sql`rowid`).execute()
  const queues = new Map<string, ChannelQueue>()
  const seen = new Set<string>()
  for (const row of rows) {
    const chain = JSON.stringify([row.channel_id, row.rule_id])
    if (seen.has(chain)) continue
    seen.add(chain)
    if (row.status === 'sending') continue
    const queue = queues.get(row.channel_id) ?? {
      channelId: row.channel_id,
      dueId: null,
      nextAttemptAt: null,
    }
    queues.set(row.channel_id, queue)
    const dueAt = dueTime(row, now)
    if (dueAt <= now) queue.dueId ??= row.id
    else queue.nextAttemptAt = Math.min(queue.nextAttemptAt ?? dueAt, dueAt)
  }
  return [...queues.values()]
}

/** A first attempt waits for nothing, and none for longer than this. */
function dueTime(row: { status: string; next_attempt_at: number | null }, now: number): number {
  if (row.status === 'queued' || row.next_attempt_at === null) return now
  return row.next_attempt_at > now + LIMITS.notificationDelayMs ? now : row.next_attempt_at
}

/** By its primary key. */
export async function getDelivery(
  db: Kysely<Schema>,
  { id }: { id: string },
): Promise<WaitingDelivery | undefined> {
  const row = await db
    .selectFrom('alert_delivery')
    .select(['id', 'attempts', 'created_at', 'payload'])
    .where('id', '=', id)
    .executeTakeFirst()
  return (
    row && {
      id: row.id,
      attempts: row.attempts,
      createdAt: row.created_at,
      payload: JSON.parse(row.payload) as unknown,
    }
  )
}

import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'
import type { AlertTables } from './tables.ts'

type DeliveryStatus = AlertTables['alert_delivery']['status']

/** What becomes of a notification. `sending` counts an attempt, and is committed before it is made. */
export interface DeliveryMark {
  id: string
  status: Exclude<DeliveryStatus, 'queued'>
  reason: string | null
  /** The last HTTP or SMTP answer; null leaves the one before. */
  lastStatus: number | null
  /** epoch ms */
  nextAttemptAt: number | null
}

export async function markDelivery(db: Kysely<Schema>, mark: DeliveryMark): Promise<void> {
  const { id, status, reason, lastStatus, nextAttemptAt } = mark
  await db
    .updateTable('alert_delivery')
    .set((row) => ({
      status,
      reason,
      next_attempt_at: nextAttemptAt,
      ...(lastStatus === null ? {} : { last_status: lastStatus }),
      ...(status === 'sending' ? { attempts: row('attempts', '+', 1) } : {}),
    }))
    .where('id', '=', id)
    .execute()
}

/**
 * Puts back into the queue what was being sent when the console was killed: whether it arrived is not known, and it has
 * the same id when it is sent again. Uses alert_delivery_due.
 */
export async function recoverDeliveries(db: Kysely<Schema>, now: number): Promise<void> {
  await db
    .updateTable('alert_delivery')
    .set({ status: 'queued', reason: 'interrupted', next_attempt_at: now })
    .where('status', '=', 'sending')
    .execute()
}

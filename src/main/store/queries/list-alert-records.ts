import type { Kysely } from 'kysely'
import type { AlertNotification, AlertRecord } from '#shared/contract/alerts/records.ts'
import type { Severity } from '#shared/contract/alerts/rules.ts'
import type { RecordPoint, StoredAlertRecord } from '../alerts/alert-changes.ts'
import { fromRecordRow } from '../alerts/record-row.ts'
import type { Schema } from '../schema.ts'

export interface AlertRecordRequest {
  state?: AlertRecord['state'] | undefined
  ruleId?: string | undefined
  severity?: Severity | undefined
  /** epoch ms; records that started at or after it */
  from?: number | undefined
  /** epoch ms; records that started before it */
  to?: number | undefined
  limit: number
  /** Where the page before ended. */
  after?: RecordPlace | undefined
}

/** A record's place in the order newest first. */
export interface RecordPlace {
  startedAt: number
  id: string
}

/** A record with what was sent, or is to be, of it. */
export type NotifiedRecord = StoredAlertRecord & { notifications: AlertNotification[] }

/**
 * Records by start, newest first. By alert_record_started, or by alert_record_rule or alert_record_state if one of these
 * is asked for.
 */
export async function listAlertRecords(
  db: Kysely<Schema>,
  { state, ruleId, severity, from, to, limit, after }: AlertRecordRequest,
): Promise<{ items: NotifiedRecord[]; end: RecordPlace | null }> {
  let query = db
    .selectFrom('alert_record')
    .selectAll()
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    // One more than asked for tells whether there is a next page.
    .limit(limit + 1)
  if (state !== undefined) query = query.where('state', '=', state)
  if (ruleId !== undefined) query = query.where('rule_id', '=', ruleId)
  if (severity !== undefined) query = query.where('severity', '=', severity)
  if (from !== undefined) query = query.where('started_at', '>=', from)
  if (to !== undefined) query = query.where('started_at', '<', to)
  if (after) {
    query = query.where((eb) => eb(eb.refTuple('started_at', 'id'), '<', eb.tuple(after.startedAt, after.id)))
  }
  const rows = await query.execute()
  const items = await withNotifications(db, rows.slice(0, limit).map(fromRecordRow))
  const last = items.at(-1)
  return { items, end: rows.length > limit && last ? { startedAt: last.startedAt, id: last.id } : null }
}

/** @returns the record, or undefined if there is none with this id. */
export async function getAlertRecord(
  db: Kysely<Schema>,
  { id }: { id: string },
): Promise<NotifiedRecord | undefined> {
  const row = await db.selectFrom('alert_record').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) return undefined
  const [record] = await withNotifications(db, [fromRecordRow(row)])
  return record
}

/** Records by their ids, by the primary key. */
export async function alertRecordsById(
  db: Kysely<Schema>,
  { ids }: { ids: readonly string[] },
): Promise<StoredAlertRecord[]> {
  const rows = await db
    .selectFrom('alert_record')
    .selectAll()
    .where('id', 'in', [...ids])
    .execute()
  return rows.map(fromRecordRow)
}

/**
 * Which channels were told that records fire, and heard of it or may still, by the primary keys. What is dead or was
 * suppressed was not heard.
 */
export async function channelsThatSaw(
  db: Kysely<Schema>,
  { recordIds }: { recordIds: readonly string[] },
): Promise<{ recordId: string; channelId: string }[]> {
  return db
    .selectFrom('alert_delivery_record')
    .innerJoin('alert_delivery', 'alert_delivery.id', 'alert_delivery_record.delivery_id')
    .select(['record_id as recordId', 'channel_id as channelId'])
    .distinct()
    .where('record_id', 'in', [...recordIds])
    .where('event', 'in', ['firing', 'repeat', 'unmuted'])
    .where('status', 'not in', ['dead', 'suppressed'])
    .execute()
}

/** The course of an episode, ascending, by the primary key; the engine keeps the points few. */
export async function recordPoints(
  db: Kysely<Schema>,
  { id }: { id: string },
): Promise<Omit<RecordPoint, 'recordId'>[]> {
  return db
    .selectFrom('alert_record_point')
    .select(['t', 'value'])
    .where('record_id', '=', id)
    .orderBy('t')
    .execute()
}

/** How many records were not seen, by alert_record_unread, and how many fire, by alert_record_state. */
export async function countAlertRecords(db: Kysely<Schema>): Promise<{ unread: number; firing: number }> {
  const count = () => db.selectFrom('alert_record').select((eb) => eb.fn.countAll<number>().as('records'))
  const unread = await count()
    .where('is_read', '=', (eb) => eb.lit(0))
    .where('state', '<>', 'pending')
    .executeTakeFirstOrThrow()
  const firing = await count().where('state', 'in', ['firing', 'recovering']).executeTakeFirstOrThrow()
  return { unread: unread.records, firing: firing.records }
}

async function withNotifications(
  db: Kysely<Schema>,
  records: readonly StoredAlertRecord[],
): Promise<NotifiedRecord[]> {
  // By the primary keys.
  const rows = await db
    .selectFrom('alert_delivery_record')
    .innerJoin('alert_delivery', 'alert_delivery.id', 'alert_delivery_record.delivery_id')
    .leftJoin('alert_channel', 'alert_channel.id', 'alert_delivery.channel_id')
    .select([
      'alert_delivery_record.record_id as recordId',
      'alert_delivery.id as deliveryId',
      'channel_id as channelId',
      'alert_channel.name as channelName',
      'event',
      'status',
      'reason',
      'attempts',
      'last_status as lastStatus',
      'alert_delivery.created_at as createdAt',
      'next_attempt_at as nextAttemptAt',
    ])
    .where(
      'alert_delivery_record.record_id',
      'in',
      records.map(({ id }) => id),
    )
    .orderBy('alert_delivery.created_at')
    .orderBy('alert_delivery.id')
    .execute()
  const byRecord = Map.groupBy(rows, ({ recordId }) => recordId)
  return records.map((record) => ({
    ...record,
    notifications: (byRecord.get(record.id) ?? []).map(
      ({ recordId: _, channelName, reason, lastStatus, nextAttemptAt, ...notification }) => ({
        ...notification,
        channelName: channelName ?? notification.channelId,
        ...(reason === null ? {} : { reason }),
        ...(lastStatus === null ? {} : { lastStatus }),
        ...(nextAttemptAt === null ? {} : { nextAttemptAt }),
      }),
    ),
  }))
}

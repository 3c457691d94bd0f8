import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { bucketStart, DAY_MS, levelOf } from '../rollup-levels.ts'
import type { Schema } from '../schema.ts'

export type RetentionRunRow = {
  id: number
  reason: 'nightly' | 'hand'
  state: 'running' | 'done' | 'cancelled' | 'failed' | 'interrupted'
  startedAt: number
  endedAt: number | null
  /** JSON text */
  result: string
  pendingArchive: string | null
}

/** Runs of retention, newest first, by the primary key. */
export function retentionRuns(
  db: Kysely<Schema>,
  { before, limit }: { before: number | null; limit: number },
): Promise<RetentionRunRow[]> {
  let query = db
    .selectFrom('retention_run')
    .select([
      'id',
      'reason',
      'state',
      'started_at as startedAt',
      'ended_at as endedAt',
      'result',
      'pending_archive as pendingArchive',
    ])
    .orderBy('id', 'desc')
    .limit(limit)
  if (before !== null) query = query.where('id', '<', before)
  return query.execute()
}

export interface OldestKept {
  /** epoch ms; null: there is none. */
  newestArrival: number | null
  /** Where the first day (UTC) with calls begins. */
  firstCallDay: number | null
  firstRollupDay: number | null
  oldAlertRecords: number
  oldDeliveries: number
}

/** How far back things go, each by one look into an index; what is counted is counted up to a limit. */
export async function oldestKept(
  db: Kysely<Schema>,
  { alertsBefore, countMax }: { alertsBefore: number | null; countMax: number },
): Promise<OldestKept> {
  const newest = await db
    .selectFrom('app_log')
    .select('arrived_at')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const firstCall = await db
    .selectFrom('app_log')
    .select('started_at')
    .orderBy('started_at')
    .limit(1)
    .executeTakeFirst()
  const firstRollup = await db
    .selectFrom('call_rollup')
    .select('bucket_start')
    .where('level', '=', levelOf(DAY_MS, 'all'))
    .orderBy('bucket_start')
    .limit(1)
    .executeTakeFirst()
  // By alert_record_started and alert_delivery_created.
  const countOf = async (rows: ReturnType<typeof oldRecords> | ReturnType<typeof oldDeliveries>) =>
    (await rows.executeTakeFirst())?.count ?? 0
  const oldRecords = (before: number) =>
    db
      .selectFrom(
        db
          .selectFrom('alert_record')
          .select('id')
          .where('started_at', '<', before)
          .where('resolved_at', 'is not', null)
          .limit(countMax)
          .as('old'),
      )
      .select((eb) => eb.fn.countAll<number>().as('count'))
  const oldDeliveries = (before: number) =>
    db
      .selectFrom(
        db
          .selectFrom('alert_delivery')
          .select('id')
          .where('created_at', '<', before)
          .where(sql<boolean>`status in ('sent', 'dead', 'suppressed')`)
          .limit(countMax)
          .as('old'),
      )
      .select((eb) => eb.fn.countAll<number>().as('count'))
  return {
    newestArrival: newest?.arrived_at ?? null,
    firstCallDay: firstCall ? bucketStart(firstCall.started_at, DAY_MS) : null,
    firstRollupDay: firstRollup?.bucket_start ?? null,
    oldAlertRecords: alertsBefore === null ? 0 : await countOf(oldRecords(alertsBefore)),
    oldDeliveries: alertsBefore === null ? 0 : await countOf(oldDeliveries(alertsBefore)),
  }
}

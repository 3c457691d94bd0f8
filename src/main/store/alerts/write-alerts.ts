import type SqliteDatabase from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Schema } from '../schema.ts'
import type { AlertChanges, NewDelivery, StoredAlertRecord, StoredAlertRule } from './alert-changes.ts'
import { RECORD_COLUMNS, toRecordRow } from './record-row.ts'
import type { AlertTables } from './tables.ts'

/** Writes what changes of alerts, all or nothing: a state never goes without its notifications. Of the writer thread. */
export class AlertWriter {
  readonly #write: SqliteDatabase.Transaction<(changes: AlertChanges) => void>

  constructor(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
    const statements = prepareStatements(sqlite, kysely)
    this.#write = sqlite.transaction((changes) => {
      for (const rule of changes.rules ?? []) statements.putRule.run(...ruleValues(rule))
      for (const id of changes.removedRules ?? []) statements.removeRule.run(id)
      for (const { ruleId, labels, state } of changes.instances ?? []) {
        statements.putInstance.run(ruleId, JSON.stringify(labels), JSON.stringify(state))
      }
      for (const { ruleId, labels } of changes.removedInstances ?? []) {
        statements.removeInstance.run(ruleId, JSON.stringify(labels))
      }
      for (const { ruleId, state } of changes.groups ?? [])
        statements.putGroup.run(ruleId, JSON.stringify(state))
      for (const ruleId of changes.removedGroups ?? []) statements.removeGroup.run(ruleId)
      for (const record of changes.records ?? []) statements.putRecord.run(...recordValues(record))
      for (const id of changes.removedRecords ?? []) statements.removeRecord.run(id)
      for (const { recordId, t, value } of changes.points ?? []) statements.putPoint.run(recordId, t, value)
      for (const { recordId, stepMs } of changes.thinned ?? []) {
        statements.thinPoints.run(recordId, stepMs, recordId)
      }
      for (const { id, matchers, startsAt, endsAt, reason } of changes.silences ?? []) {
        statements.putSilence.run(id, JSON.stringify(matchers), startsAt, endsAt, reason)
      }
      for (const id of changes.removedSilences ?? []) statements.removeSilence.run(id)
      for (const delivery of changes.deliveries ?? []) {
        statements.putDelivery.run(...deliveryValues(delivery))
        for (const recordId of delivery.recordIds) statements.linkDelivery.run(recordId, delivery.id)
      }
      if (changes.engine !== undefined) statements.putEngine.run(1, JSON.stringify(changes.engine))
      if (changes.read === 'all') statements.markAllRead.run()
      else for (const id of changes.read ?? []) statements.markRead.run(id)
    })
  }

  write(changes: AlertChanges): void {
    this.#write.immediate(changes)
  }
}

function ruleValues({ id, createdAt, updatedAt, ...definition }: StoredAlertRule) {
  return [id, JSON.stringify(definition), createdAt, updatedAt] as const
}

function recordValues(record: StoredAlertRecord) {
  const row = toRecordRow(record)
  return RECORD_COLUMNS.map((column) => row[column])
}

const DELIVERY_COLUMNS = [
  'id',
  'channel_id',
  'rule_id',
  'event',
  'payload',
  'status',
  'reason',
  'attempts',
  'last_status',
  'created_at',
  'next_attempt_at',
] as const satisfies readonly (keyof AlertTables['alert_delivery'])[]

function deliveryValues(delivery: NewDelivery) {
  const { id, channelId, ruleId, event, payload, status, reason, createdAt } = delivery
  const nextAttemptAt = status === 'queued' ? createdAt : null
  return [
    ...[id, channelId, ruleId, event, JSON.stringify(payload), status, reason],
    ...[0, null, createdAt, nextAttemptAt],
  ]
}

function prepareStatements(sqlite: SqliteDatabase.Database, kysely: Kysely<Schema>) {
  type Name<Table extends keyof AlertTables> = keyof AlertTables[Table] & string
  /** @param key the columns of the primary key. */
  const put = <Table extends keyof AlertTables>(
    table: Table,
    columns: readonly Name<Table>[],
    key: readonly Name<Table>[] = columns.slice(0, 1),
  ) => {
    const names = (list: readonly string[]) => sql.join(list.map((name) => sql.ref(name)))
    const rest = columns.filter((column) => !key.includes(column))
    const update = rest.map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`)
    const insert = sql`insert into ${sql.table(table)} (${names(columns)})
      values (${sql.join(columns.map(() => null))}) on conflict (${names(key)})
      do ${rest.length === 0 ? sql`nothing` : sql`update set ${sql.join(update)}`}`
    return sqlite.prepare<unknown[]>(insert.compile(kysely).sql)
  }
  const removeBy = <Table extends keyof AlertTables>(table: Table, ...columns: Name<Table>[]) =>
    sqlite.prepare<unknown[]>(
      sql`delete from ${sql.table(table)} where ${sql.join(
        columns.map((name) => sql`${sql.ref(name)} = ${null}`),
        sql` and `,
      )}`.compile(kysely).sql,
    )
  const markRead = kysely.updateTable('alert_record').set({ is_read: (eb) => eb.lit(1) })
  // By the primary key.
  const thinPoints = sql`delete from alert_record_point where record_id = ${null} and t % ${null} <> 0
    and t > (select min(t) from alert_record_point where record_id = ${null})`
  return {
    putRule: put('alert_rule', ['id', 'definition', 'created_at', 'updated_at']),
    removeRule: removeBy('alert_rule', 'id'),
    putInstance: put('alert_instance', ['rule_id', 'labels', 'state'], ['rule_id', 'labels']),
    removeInstance: removeBy('alert_instance', 'rule_id', 'labels'),
    putGroup: put('alert_group', ['rule_id', 'state']),
    removeGroup: removeBy('alert_group', 'rule_id'),
    putRecord: put('alert_record', RECORD_COLUMNS),
    removeRecord: removeBy('alert_record', 'id'),
    putPoint: put('alert_record_point', ['record_id', 't', 'value'], ['record_id', 't']),
    thinPoints: sqlite.prepare<unknown[]>(thinPoints.compile(kysely).sql),
    putSilence: put('alert_silence', ['id', 'matchers', 'starts_at', 'ends_at', 'reason']),
    removeSilence: removeBy('alert_silence', 'id'),
    putDelivery: put('alert_delivery', DELIVERY_COLUMNS),
    linkDelivery: put('alert_delivery_record', ['record_id', 'delivery_id'], ['record_id', 'delivery_id']),
    putEngine: put('alert_engine', ['id', 'state']),
    markAllRead: sqlite.prepare<unknown[]>(
      // By alert_record_unread.
      markRead.where('is_read', '=', (eb) => eb.lit(0)).compile().sql,
    ),
    markRead: sqlite.prepare<unknown[]>(markRead.where('id', '=', '').compile().sql),
  }
}

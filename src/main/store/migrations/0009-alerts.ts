import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Alert rules, what the engine goes on with after a restart, records, silences, channels and the outbox. */
export const alerts: Migration = {
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('alert_rule')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('definition', 'text', (column) => column.notNull())
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .addColumn('updated_at', 'integer', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()
    await db.schema
      .createTable('alert_instance')
      .addColumn('rule_id', 'text', (column) => column.notNull())
      .addColumn('labels', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('alert_instance_pk', ['rule_id', 'labels'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()
    await db.schema
      .createTable('alert_group')
      .addColumn('rule_id', 'text', (column) => column.primaryKey())
      .addColumn('state', 'text', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()
    await db.schema
      .createTable('alert_engine')
      .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
      .addColumn('state', 'text', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()

    await db.schema
      .createTable('alert_record')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('rule_id', 'text', (column) => column.notNull())
      .addColumn('rule', 'text', (column) => column.notNull())
      .addColumn('rule_name', 'text', (column) => column.notNull())
      .addColumn('severity', 'text', (column) => column.notNull())
      .addColumn('labels', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) =>
        column.notNull().check(sql`state in ('pending', 'firing', 'recovering', 'resolved')`),
      )
      .addColumn('is_acknowledged', 'integer', (column) => column.notNull())
      .addColumn('is_read', 'integer', (column) => column.notNull())
      .addColumn('started_at', 'integer', (column) => column.notNull())
      .addColumn('fired_at', 'integer')
      .addColumn('resolved_at', 'integer')
      .addColumn('resolved_by', 'text', (column) => column.check(sql`resolved_by in ('auto', 'user')`))
      .addColumn('note', 'text', (column) => column.notNull())
      .addColumn('metric', 'text', (column) => column.notNull())
      .addColumn('threshold', 'real', (column) => column.notNull())
      .addColumn('first_value', 'real')
      .addColumn('worst_value', 'real')
      .addColumn('last_value', 'real')
      .modifyEnd(sql`strict`)
      .execute()
    await db.schema
      .createIndex('alert_record_started')
      .on('alert_record')
      .columns(['started_at', 'id'])
      .execute()
    await db.schema
      .createIndex('alert_record_rule')
      .on('alert_record')
      .columns(['rule_id', 'started_at', 'id'])
      .execute()
    await db.schema
      .createIndex('alert_record_state')
      .on('alert_record')
      .columns(['state', 'started_at', 'id'])
      .execute()
    await db.schema
      .createIndex('alert_record_unread')
      .on('alert_record')
      .column('id')
      .where(sql.ref('is_read'), '=', sql.lit(0))
      .execute()
    await db.schema
      .createTable('alert_record_point')
      .addColumn('record_id', 'text', (column) =>
        column.notNull().references('alert_record.id').onDelete('cascade'),
      )
      .addColumn('t', 'integer', (column) => column.notNull())
      .addColumn('value', 'real')
      .addPrimaryKeyConstraint('alert_record_point_pk', ['record_id', 't'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()

    await db.schema
      .createTable('alert_silence')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('matchers', 'text', (column) => column.notNull())
      .addColumn('starts_at', 'integer', (column) => column.notNull())
      .addColumn('ends_at', 'integer', (column) => column.notNull())
      .addColumn('reason', 'text', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()

    await db.schema
      .createTable('alert_channel')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('is_enabled', 'integer', (column) => column.notNull())
      .addColumn('config', 'text', (column) => column.notNull())
      // As the operating system has encrypted it.
      .addColumn('secret', 'blob')
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .modifyEnd(sql`strict`)
      .execute()
    await db.schema
      .createTable('alert_delivery')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('channel_id', 'text', (column) => column.notNull())
      .addColumn('rule_id', 'text', (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .addColumn('payload', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('last_status', 'integer')
      .addColumn('created_at', 'integer', (column) => column.notNull())
      .addColumn('next_attempt_at', 'integer')
      .modifyEnd(sql`strict`)
      .execute()
    await db.schema
      .createIndex('alert_delivery_due')
      .on('alert_delivery')
      .columns(['status', 'next_attempt_at'])
      .execute()
    await db.schema
      .createTable('alert_delivery_record')
      .addColumn('record_id', 'text', (column) => column.notNull())
      .addColumn('delivery_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('alert_delivery_record_pk', ['record_id', 'delivery_id'])
      .modifyEnd(sql`strict, without rowid`)
      .execute()
  },
}

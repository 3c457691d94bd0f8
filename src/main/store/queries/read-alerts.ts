import type { Kysely } from 'kysely'
import type { InstanceLabels, StoredAlerts, StoredSilence } from '../alerts/alert-changes.ts'
import { fromRecordRow } from '../alerts/record-row.ts'
import type { Schema } from '../schema.ts'

/**
 * What alerts go on with after a restart. Read once; all but the records is small, and of those only the open ones are read,
 * by alert_record_state.
 */
export async function readAlerts(db: Kysely<Schema>): Promise<StoredAlerts> {
  const rules = await db.selectFrom('alert_rule').selectAll().execute()
  const instances = await db.selectFrom('alert_instance').selectAll().execute()
  const groups = await db.selectFrom('alert_group').selectAll().execute()
  const records = await db
    .selectFrom('alert_record')
    .selectAll()
    .where('state', 'in', ['pending', 'firing', 'recovering'])
    .execute()
  const silences = await db.selectFrom('alert_silence').selectAll().execute()
  const engine = await db.selectFrom('alert_engine').select('state').executeTakeFirst()
  return {
    rules: rules.map((row) => ({
      id: row.id,
      definition: JSON.parse(row.definition) as unknown,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    })),
    instances: instances.map((row) => ({
      ruleId: row.rule_id,
      labels: JSON.parse(row.labels) as InstanceLabels,
      state: JSON.parse(row.state) as unknown,
    })),
    groups: groups.map((row) => ({ ruleId: row.rule_id, state: JSON.parse(row.state) as unknown })),
    records: records.map(fromRecordRow),
    silences: silences.map((row) => ({
      id: row.id,
      matchers: JSON.parse(row.matchers) as StoredSilence['matchers'],
      startsAt: row.starts_at,
      endsAt: row.ends_at,
      reason: row.reason,
    })),
    engine: engine === undefined ? undefined : (JSON.parse(engine.state) as unknown),
  }
}

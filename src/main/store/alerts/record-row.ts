import type { AlertRecordRow } from './tables.ts'
import type { InstanceLabels, StoredAlertRecord, StoredAlertRule } from './alert-changes.ts'

/** The columns of a record, in the order in which they are written. */
export const RECORD_COLUMNS = [
  'id',
  'rule_id',
  'rule',
  'rule_name',
  'severity',
  'labels',
  'state',
  'is_acknowledged',
  'is_read',
  'started_at',
  'fired_at',
  'resolved_at',
  'resolved_by',
  'note',
  'metric',
  'threshold',
  'first_value',
  'worst_value',
  'last_value',
] as const satisfies readonly (keyof AlertRecordRow)[]

export function toRecordRow(record: StoredAlertRecord): AlertRecordRow {
  return {
    id: record.id,
    rule_id: record.ruleId,
    rule: JSON.stringify(record.rule),
    rule_name: record.ruleName,
    severity: record.severity,
    labels: JSON.stringify(record.labels),
    state: record.state,
    is_acknowledged: record.isAcknowledged ? 1 : 0,
    is_read: record.isRead ? 1 : 0,
    started_at: record.startedAt,
    fired_at: record.firedAt,
    resolved_at: record.resolvedAt,
    resolved_by: record.resolvedBy,
    note: record.note,
    metric: record.metric,
    threshold: record.threshold,
    first_value: record.firstValue,
    worst_value: record.worstValue,
    last_value: record.lastValue,
  }
}

/** Reads back what `toRecordRow` wrote. */
export function fromRecordRow(row: AlertRecordRow): StoredAlertRecord {
  return {
    id: row.id,
    ruleId: row.rule_id,
    rule: JSON.parse(row.rule) as StoredAlertRule,
    ruleName: row.rule_name,
    severity: row.severity,
    labels: JSON.parse(row.labels) as InstanceLabels,
    state: row.state,
    isAcknowledged: row.is_acknowledged === 1,
    isRead: row.is_read === 1,
    startedAt: row.started_at,
    firedAt: row.fired_at,
    resolvedAt: row.resolved_at,
    resolvedBy: row.resolved_by,
    note: row.note,
    metric: row.metric,
    threshold: row.threshold,
    firstValue: row.first_value,
    worstValue: row.worst_value,
    lastValue: row.last_value,
  }
}

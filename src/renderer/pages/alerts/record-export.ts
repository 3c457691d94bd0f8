import type { AlertRecord } from '#shared/contract/alerts/records.ts'
import type { ExportTable } from '#shared/export/export-table.ts'
import { exportTable, isoTime } from '#shared/export/export-table.ts'

/** Firing episodes with the names that the HTTP API has for their fields. */
export function recordTable(records: readonly AlertRecord[]): ExportTable {
  const time = (epochMs: number | null) => (epochMs === null ? null : isoTime(epochMs))
  return exportTable(records, {
    id: (record) => record.id,
    ruleId: (record) => record.ruleId,
    ruleName: (record) => record.ruleName,
    severity: (record) => record.severity,
    labels: (record) => record.labels,
    state: (record) => record.state,
    isAcknowledged: (record) => record.isAcknowledged,
    startedAt: (record) => time(record.startedAt),
    firedAt: (record) => time(record.firedAt),
    resolvedAt: (record) => time(record.resolvedAt),
    resolvedBy: (record) => record.resolvedBy,
    note: (record) => record.note,
    metric: (record) => record.metric,
    threshold: (record) => record.threshold,
    firstValue: (record) => record.firstValue,
    worstValue: (record) => record.worstValue,
    lastValue: (record) => record.lastValue,
  })
}

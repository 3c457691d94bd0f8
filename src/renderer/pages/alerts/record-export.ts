import type { AlertNotification, AlertRecord } from '#shared/contract/alerts/records.ts'
import type { ExportTable } from '#shared/export/export-table.ts'
import { exportTable, isoTime } from '#shared/export/export-table.ts'

const time = (epochMs: number | null | undefined) => (typeof epochMs === 'number' ? isoTime(epochMs) : null)

/** Firing episodes with the names that the HTTP API has for their fields. */
export function recordTable(records: readonly AlertRecord[]): ExportTable {
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

/** Who was told what of an episode, and how that went. */
export function notificationTable(notifications: readonly AlertNotification[]): ExportTable {
  return exportTable(notifications, {
    createdAt: (one) => time(one.createdAt),
    deliveryId: (one) => one.deliveryId,
    channelId: (one) => one.channelId,
    channelName: (one) => one.channelName,
    event: (one) => one.event,
    status: (one) => one.status,
    reason: (one) => one.reason ?? null,
    attempts: (one) => one.attempts,
    lastStatus: (one) => one.lastStatus ?? null,
    nextAttemptAt: (one) => time(one.nextAttemptAt),
  })
}

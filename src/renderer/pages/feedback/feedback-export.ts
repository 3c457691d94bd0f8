import type { Feedback } from '#shared/contract/feedback.ts'
import type { ExportTable } from '#shared/export/export-table.ts'
import { exportTable, isoTime } from '#shared/export/export-table.ts'

/** Feedback with the names that the HTTP API has for its fields. */
export function feedbackTable(items: readonly Feedback[]): ExportTable {
  return exportTable(items, {
    createdAt: (item) => isoTime(item.createdAt),
    id: (item) => item.id,
    requestId: (item) => item.requestId,
    rating: (item) => item.rating,
    comment: (item) => item.comment,
    type: (item) => item.type,
    tags: (item) => item.tags,
    userId: (item) => item.userId,
    source: (item) => item.source,
    state: (item) => item.state,
    resolvedAt: (item) => (item.resolvedAt === null ? null : isoTime(item.resolvedAt)),
    note: (item) => item.note,
    assignee: (item) => item.assignee,
    logId: (item) => item.logId,
    app: (item) => item.call?.app ?? null,
    model: (item) => item.call?.model ?? null,
  })
}

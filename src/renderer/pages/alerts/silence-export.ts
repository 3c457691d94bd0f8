import type { Silence } from '#shared/contract/alerts/silences.ts'
import type { ExportTable } from '#shared/export/export-table.ts'
import { exportTable, isoTime } from '#shared/export/export-table.ts'

export function silenceTable(silences: readonly Silence[]): ExportTable {
  return exportTable(silences, {
    id: ({ id }) => id,
    state: ({ state }) => state,
    ruleId: ({ matchers }) => matchers.ruleId ?? null,
    app: ({ matchers }) => matchers.app ?? null,
    model: ({ matchers }) => matchers.model ?? null,
    userId: ({ matchers }) => matchers.userId ?? null,
    severity: ({ matchers }) => matchers.severity ?? null,
    startsAt: ({ startsAt }) => isoTime(startsAt),
    endsAt: ({ endsAt }) => isoTime(endsAt),
    reason: ({ reason }) => reason,
  })
}

import type { AppLogItem } from '../contract/app-logs.ts'
import type { ExportTable } from './export-table.ts'
import { exportTable, isoTime, unitsOf } from './export-table.ts'

/** Calls without their bodies, with the names that the HTTP API has for their fields. */
export function callTable(calls: readonly AppLogItem[], currency: string): ExportTable {
  return exportTable(calls, {
    startedAt: (call) => isoTime(call.startedAt),
    requestId: (call) => call.requestId,
    app: (call) => call.app,
    appType: (call) => call.appType,
    environment: (call) => call.environment,
    userId: (call) => call.userId,
    sessionId: (call) => call.sessionId,
    provider: (call) => call.provider,
    requestModel: (call) => call.requestModel,
    model: (call) => call.model,
    operation: (call) => call.operation,
    status: (call) => call.status,
    errorType: (call) => call.errorType,
    durationMs: (call) => call.durationMs,
    ttftMs: (call) => call.ttftMs,
    inputTokens: (call) => call.inputTokens,
    outputTokens: (call) => call.outputTokens,
    totalTokens: (call) => call.totalTokens,
    usageSource: (call) => call.usageSource,
    cost: (call) => unitsOf(call.costNanos),
    currency: () => currency,
    costSource: (call) => call.costSource,
    source: (call) => call.source,
  })
}

export type { AppEvent } from './app-event.ts'
export { ByteBudget } from './byte-budget.ts'
export type { CollectorEvents } from './collector-events.ts'
export { createCollectorEvents } from './collector-events.ts'
export type { CollectorPause } from './pause.ts'
export { createPause } from './pause.ts'
export { createUsageEstimator } from './estimation/usage-estimator.ts'
export type { Ingest } from './ingest.ts'
export { createIngest } from './ingest.ts'
export { findExcess } from './json-excess.ts'
export { readNativeRecords } from './native.ts'
export { logRecordsToEvents } from './otlp/log-records.ts'
export { bodiesOfEvents } from './otlp/messages.ts'
export type { AttributeValue, Attributes, Decoded, OtlpEvent, OtlpLogRecord, OtlpSpan } from './otlp/span.ts'
export { spanToCall } from './otlp/span-to-call.ts'
export { spanRequestId } from './span-request-id.ts'
export { Tally } from './tally.ts'
export { sendTestCall } from './test-call.ts'
export type {
  AnswerError,
  AnswerMessage,
  AnswerUsage,
  ProxyAnswer,
  ProxyCall,
  ProxyExchange,
  ProxyRequest,
} from './proxy-call.ts'
export { proxyCall } from './proxy-call.ts'

import protobuf from 'protobufjs'

/**
 * The messages of OTLP 1.x that the collector reads and answers, field for field as published in
 * opentelemetry-proto (trace.proto, logs.proto, common.proto, resource.proto, the two collector services, and
 * google.rpc.Status). Fields that nobody here reads are left out: a protobuf reader skips what it does not know.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    AnyValue: message({
      stringValue: ['string', 1],
      boolValue: ['bool', 2],
      intValue: ['int64', 3],
      doubleValue: ['double', 4],
      arrayValue: ['ArrayValue', 5],
      kvlistValue: ['KeyValueList', 6],
      bytesValue: ['bytes', 7],
    }),
    ArrayValue: message({ values: ['repeated AnyValue', 1] }),
    KeyValueList: message({ values: ['repeated KeyValue', 1] }),
    KeyValue: message({ key: ['string', 1], value: ['AnyValue', 2] }),
    Resource: message({ attributes: ['repeated KeyValue', 1] }),
    Event: message({
      timeUnixNano: ['fixed64', 1],
      name: ['string', 2],
      attributes: ['repeated KeyValue', 3],
    }),
    SpanStatus: message({ message: ['string', 2], code: ['int32', 3] }),
    Span: message({
      traceId: ['bytes', 1],
      spanId: ['bytes', 2],
      parentSpanId: ['bytes', 4],
      name: ['string', 5],
      startTimeUnixNano: ['fixed64', 7],
      endTimeUnixNano: ['fixed64', 8],
      attributes: ['repeated KeyValue', 9],
      events: ['repeated Event', 11],
      status: ['SpanStatus', 15],
    }),
    ScopeSpans: message({ spans: ['repeated Span', 2] }),
    ResourceSpans: message({ resource: ['Resource', 1], scopeSpans: ['repeated ScopeSpans', 2] }),
    ExportTraceServiceRequest: message({ resourceSpans: ['repeated ResourceSpans', 1] }),
    LogRecord: message({
      timeUnixNano: ['fixed64', 1],
      body: ['AnyValue', 5],
      attributes: ['repeated KeyValue', 6],
      traceId: ['bytes', 9],
      spanId: ['bytes', 10],
      observedTimeUnixNano: ['fixed64', 11],
      eventName: ['string', 12],
    }),
    ScopeLogs: message({ logRecords: ['repeated LogRecord', 2] }),
    ResourceLogs: message({ resource: ['Resource', 1], scopeLogs: ['repeated ScopeLogs', 2] }),
    ExportLogsServiceRequest: message({ resourceLogs: ['repeated ResourceLogs', 1] }),
    ExportPartialSuccess: message({ rejected: ['int64', 1], errorMessage: ['string', 2] }),
    ExportServiceResponse: message({ partialSuccess: ['ExportPartialSuccess', 1] }),
    Status: message({ code: ['int32', 1], message: ['string', 2] }),
  },
})

function message(fields: Record<string, [type: string, id: number]>): protobuf.IType {
  return {
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, [type, id]]) => {
        const [, repeated] = /^repeated (.+)$/.exec(type) ?? []
        return [name, repeated ? { rule: 'repeated', type: repeated, id } : { type, id }]
      }),
    ),
  }
}

export const ExportTraceServiceRequest = root.lookupType('ExportTraceServiceRequest')
export const ExportLogsServiceRequest = root.lookupType('ExportLogsServiceRequest')
/** The answers of traces, logs and metrics share their field numbers. */
export const ExportServiceResponse = root.lookupType('ExportServiceResponse')
export const Status = root.lookupType('Status')

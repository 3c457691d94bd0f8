import type { AttributeValue, OtlpSpan } from '../ingest/index.ts'
import type { Fields } from './fields.ts'
import { fieldsOf, firstOf, isFields, numberOf, textOf, unixNanos } from './fields.ts'

const NANOS_PER_SECOND = 1e9

/** An observation of Langfuse: as its API, its pages (camelCase) or its blob storage export (snake_case) write it. */
export function isLangfuseObservation(record: Fields): boolean {
  return (
    textOf(firstOf(record, 'traceId', 'trace_id')) !== undefined &&
    textOf(record['id']) !== undefined &&
    textOf(record['type']) !== undefined &&
    firstOf(record, 'startTime', 'start_time') !== undefined
  )
}

/** A trace of Langfuse, with its observations or without. */
export function isLangfuseTrace(record: Fields): boolean {
  return (
    textOf(record['id']) !== undefined &&
    unixNanos(record['timestamp']) !== undefined &&
    ['observations', 'sessionId', 'session_id', 'userId', 'user_id', 'bookmarked', 'public', 'release'].some(
      (name) => Object.hasOwn(record, name),
    )
  )
}

/**
 * Reads an observation as the span that Langfuse's own SDK would have sent for it, so that it becomes the call that it
 * would have become.
 *
 * @param trace what its trace knows of it, if that is there.
 * @param app for what does not name its service.
 */
export function langfuseSpan(observation: Fields, app: string, trace: Fields = {}): OtlpSpan {
  const get = (...names: string[]) => firstOf(observation, ...names)
  const both = (...names: string[]) => get(...names) ?? firstOf(trace, ...names)
  const metadata = fieldsOf(observation['metadata'])
  const resource = fieldsOf(metadata['resourceAttributes'])
  const startNs = unixNanos(get('startTime', 'start_time')) ?? 0n
  const latency = numberOf(get('latency'))
  const endNs =
    unixNanos(get('endTime', 'end_time')) ??
    (latency === undefined ? 0n : startNs + BigInt(Math.round(latency * NANOS_PER_SECOND)))
  const { attributes: sent, resourceAttributes: _resource, scope: _scope, ...ownMetadata } = metadata
  const attributes = attributesOf({
    ...fieldsOf(sent),
    'langfuse.observation.type': textOf(get('type'))?.toLowerCase(),
    'langfuse.observation.model.name': get('model', 'providedModelName', 'provided_model_name'),
    'langfuse.observation.usage_details': usageText(observation),
    'langfuse.observation.cost_details': costText(observation),
    'langfuse.observation.input': get('input'),
    'langfuse.observation.output': get('output'),
    'langfuse.observation.level': get('level'),
    'langfuse.observation.status_message': get('statusMessage', 'status_message'),
    'langfuse.observation.completion_start_time': isoOf(get('completionStartTime', 'completion_start_time')),
    'langfuse.environment': both('environment'),
    'langfuse.user.id': both('userId', 'user_id'),
    'langfuse.session.id': both('sessionId', 'session_id'),
    'langfuse.trace.name': get('traceName', 'trace_name') ?? trace['name'],
    'langfuse.trace.tags': both('tags'),
    'langfuse.observation.model.parameters': get('modelParameters', 'model_parameters'),
    'langfuse.prompt.name': get('promptName', 'prompt_name'),
    'langfuse.metadata': Object.keys(ownMetadata).length === 0 ? undefined : ownMetadata,
  })
  return {
    traceId: textOf(get('traceId', 'trace_id')) ?? '',
    spanId: textOf(observation['id']) ?? '',
    parentSpanId: textOf(get('parentObservationId', 'parent_observation_id')) ?? null,
    name: textOf(observation['name']) ?? '',
    startNs,
    endNs,
    hasErrorStatus: observation['level'] === 'ERROR',
    statusMessage: textOf(get('statusMessage', 'status_message')) ?? '',
    attributes,
    events: [],
    resource: new Map([['service.name', textOf(resource['service.name']) ?? app]]),
  }
}

/** A trace that came without its observations: a step, since what it adds up of them is not to be counted. */
export function langfuseTraceSpan(trace: Fields, app: string): OtlpSpan {
  const { usage: _usage, totalCost: _totalCost, ...rest } = trace
  const observation = {
    ...rest,
    id: 'trace',
    traceId: trace['id'],
    type: 'SPAN',
    startTime: trace['timestamp'],
  }
  return langfuseSpan(observation, app, trace)
}

/** The observations of a trace that holds them. */
export function observationsOf(trace: Fields): Fields[] {
  const { observations } = trace
  if (!Array.isArray(observations)) return []
  return observations.filter(isFields).map((item) => ({ traceId: trace['id'], ...item }))
}

function usageText(observation: Fields): string | undefined {
  const legacy = fieldsOf(observation['usage'])
  const details = fieldsOf(firstOf(observation, 'usageDetails', 'usage_details'))
  const flat = {
    input: firstOf(observation, 'inputTokens', 'promptTokens', 'inputUsage') ?? legacy['input'],
    output: firstOf(observation, 'outputTokens', 'completionTokens', 'outputUsage') ?? legacy['output'],
    total: firstOf(observation, 'totalTokens', 'totalUsage') ?? legacy['total'],
  }
  const isInTokens = textOf(legacy['unit'])?.toUpperCase() ?? 'TOKENS'
  const source = Object.keys(details).length > 0 ? details : isInTokens === 'TOKENS' ? flat : {}
  const counts = Object.entries(source).flatMap(([name, value]) => {
    const count = numberOf(value)
    return count === undefined ? [] : [[name, count] as const]
  })
  // Langfuse fills what it was not told with zeros.
  return counts.some(([, count]) => count > 0) ? JSON.stringify(Object.fromEntries(counts)) : undefined
}

/** Only a cost that Langfuse knew: zero is what it says of models that have no price. */
function costText(observation: Fields): string | undefined {
  const details = fieldsOf(firstOf(observation, 'costDetails', 'cost_details'))
  const total =
    numberOf(details['total']) ??
    numberOf(firstOf(observation, 'totalCost', 'total_cost', 'calculatedTotalCost'))
  return total !== undefined && total > 0 ? JSON.stringify({ total }) : undefined
}

function isoOf(value: unknown): string | undefined {
  const nanos = unixNanos(value)
  return nanos === undefined ? undefined : new Date(Number(nanos / 1_000_000n)).toISOString()
}

/** Values that came as JSON are attribute values as they are. */
export function attributesOf(fields: Fields): Map<string, AttributeValue> {
  return new Map(
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined || value === null ? [] : [[name, value as AttributeValue]],
    ),
  )
}

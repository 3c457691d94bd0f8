import type { OtlpSpan } from '../ingest/index.ts'
import type { Fields } from './fields.ts'
import { fieldsOf, firstOf, isFields, numberOf, textOf, unixNanos } from './fields.ts'
import { attributesOf } from './langfuse.ts'

/** Run types by the kinds of OpenInference; others are steps. */
const KINDS = new Map([
  ['llm', 'LLM'],
  ['embedding', 'EMBEDDING'],
  ['tool', 'TOOL'],
  ['retriever', 'RETRIEVER'],
])
/** LangSmith adds up the tokens of what is below a run, and hands its metadata down: only these asked a model. */
const MODEL_TYPES = new Set(['llm', 'embedding'])

const ROLES = new Map([
  ['HumanMessage', 'user'],
  ['AIMessage', 'assistant'],
  ['AIMessageChunk', 'assistant'],
  ['SystemMessage', 'system'],
  ['ToolMessage', 'tool'],
  ['FunctionMessage', 'tool'],
])

/** A run of LangSmith, as its API and its bulk exports write it. */
export function isLangSmithRun(record: Fields): boolean {
  return textOf(record['run_type']) !== undefined && textOf(record['id']) !== undefined
}

/**
 * Reads a run as a span.
 *
 * @param app for what does not name its project.
 */
export function langSmithSpan(run: Fields, app: string): OtlpSpan {
  const extra = fieldsOf(run['extra'])
  const metadata = fieldsOf(extra['metadata'] ?? run['metadata'])
  const invocation = fieldsOf(extra['invocation_params'])
  const inputs = fieldsOf(run['inputs'])
  const outputs = fieldsOf(run['outputs'])
  const runType = textOf(run['run_type']) ?? ''
  const error = textOf(run['error'])
  const firstTokenAt = unixNanos(firstOf(run, 'first_token_time'))
  const attributes = attributesOf({
    'openinference.span.kind': KINDS.get(runType) ?? 'CHAIN',
    'gen_ai.provider.name': firstOf(metadata, 'ls_provider'),
    ...(MODEL_TYPES.has(runType)
      ? { ...modelsOf(metadata, invocation, outputs), ...usageOf(run, outputs) }
      : {}),
    'input.value': messagesOf(inputs['messages']) ?? run['inputs'],
    'output.value': run['outputs'],
    'user.id': firstOf(metadata, 'user_id', 'userId'),
    'session.id': firstOf(metadata, 'thread_id', 'session_id', 'conversation_id'),
    'langfuse.observation.completion_start_time':
      firstTokenAt === undefined ? undefined : new Date(Number(firstTokenAt / 1_000_000n)).toISOString(),
    'error.type': /^([A-Za-z_][\w.]{0,99})\(/.exec(error ?? '')?.[1],
    'tag.tags': run['tags'],
    'deployment.environment': firstOf(metadata, 'environment', 'env'),
    'langsmith.run_type': runType,
    'langsmith.metadata': Object.keys(metadata).length === 0 ? undefined : metadata,
  })
  const id = idOf(run['id'])
  return {
    traceId: idOf(run['trace_id']) || id,
    spanId: id,
    parentSpanId: idOf(run['parent_run_id']) || null,
    name: textOf(run['name']) ?? '',
    startNs: unixNanos(run['start_time']) ?? 0n,
    endNs: unixNanos(run['end_time']) ?? endByLatency(run),
    hasErrorStatus: error !== undefined || run['status'] === 'error',
    statusMessage: error ?? '',
    attributes,
    events: [],
    resource: new Map([['service.name', textOf(firstOf(run, 'session_name', 'project_name')) ?? app]]),
  }
}

/** Tables say how long a run took, in seconds, where they do not say when it ended. */
function endByLatency(run: Fields): bigint {
  const [start, seconds] = [unixNanos(run['start_time']), numberOf(run['latency'])]
  return start === undefined || seconds === undefined ? 0n : start + BigInt(Math.round(seconds * 1e9))
}

/** A UUID as a trace or a span is named by it: hexadecimal digits. */
function idOf(value: unknown): string {
  return (textOf(value) ?? '').replaceAll('-', '').toLowerCase()
}

function modelsOf(metadata: Fields, invocation: Fields, outputs: Fields): Fields {
  const model = firstOf(metadata, 'ls_model_name')
  return {
    'gen_ai.request.model': firstOf(invocation, 'model', 'model_name') ?? model,
    'gen_ai.response.model': firstOf(fieldsOf(outputs['llm_output']), 'model_name') ?? model,
  }
}

function usageOf(run: Fields, outputs: Fields): Fields {
  const metadata = fieldsOf(outputs['usage_metadata'])
  const tokens = fieldsOf(fieldsOf(outputs['llm_output'])['token_usage'])
  const count = (...values: unknown[]) =>
    values.map(numberOf).find((value) => value !== undefined && value > 0)
  const input = fieldsOf(run['prompt_token_details'] ?? metadata['input_token_details'])
  const output = fieldsOf(run['completion_token_details'] ?? metadata['output_token_details'])
  return {
    'gen_ai.usage.input_tokens': count(
      run['prompt_tokens'],
      metadata['input_tokens'],
      tokens['prompt_tokens'],
    ),
    'gen_ai.usage.output_tokens': count(
      run['completion_tokens'],
      metadata['output_tokens'],
      tokens['completion_tokens'],
    ),
    'llm.token_count.total': count(run['total_tokens'], metadata['total_tokens'], tokens['total_tokens']),
    'gen_ai.usage.cache_read.input_tokens': count(input['cache_read']),
    'gen_ai.usage.cache_creation.input_tokens': count(input['cache_creation']),
    'gen_ai.usage.reasoning.output_tokens': count(output['reasoning']),
    // Zero is what it says of models that have no price.
    'gen_ai.usage.cost': count(run['total_cost']),
  }
}

/** Messages as everyone writes them, of those that LangChain has serialised; undefined: they are no messages. */
function messagesOf(value: unknown): unknown {
  if (!Array.isArray(value) || value.length === 0) return undefined
  // LangChain asks in batches; a batch of one is no batch.
  const [first] = value as unknown[]
  const messages: unknown[] = value.length === 1 && Array.isArray(first) ? first : value
  return messages.map((message) => {
    if (!isFields(message) || !Array.isArray(message['id'])) return message
    const { content, ...rest } = fieldsOf(message['kwargs'])
    const role = ROLES.get(String(message['id'].at(-1)))
    const { tool_calls: toolCalls } = rest
    return role === undefined
      ? message
      : { role, content, ...(Array.isArray(toolCalls) && toolCalls.length > 0 && { tool_calls: toolCalls }) }
  })
}

/**
 * Which attributes become which field of a call, by convention; the first that is present wins. The order is:
 * OpenTelemetry GenAI (new, then old), OpenInference, OpenLLMetry, Vercel AI SDK, Langfuse.
 */
export const ATTRIBUTES = {
  operation: [
    'gen_ai.operation.name',
    'openinference.span.kind',
    'llm.request.type',
    'ai.operationId',
    'langfuse.observation.type',
  ],
  provider: ['gen_ai.provider.name', 'gen_ai.system', 'llm.provider', 'llm.system', 'ai.model.provider'],
  requestModel: ['gen_ai.request.model', 'llm.model_name', 'ai.model.id', 'langfuse.observation.model.name'],
  model: ['gen_ai.response.model', 'llm.model_name', 'ai.response.model', 'langfuse.observation.model.name'],
  inputTokens: [
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'llm.token_count.prompt',
    'ai.usage.inputTokens',
    'ai.usage.promptTokens',
  ],
  outputTokens: [
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'llm.token_count.completion',
    'ai.usage.outputTokens',
    'ai.usage.completionTokens',
  ],
  totalTokens: ['llm.token_count.total', 'llm.usage.total_tokens', 'ai.usage.totalTokens'],
  cachedInputTokens: [
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cached_tokens',
    'llm.token_count.prompt_details.cache_read',
    'gen_ai.usage.cache_read_input_tokens',
    'ai.usage.cachedInputTokens',
    'ai.usage.inputTokenDetails.cacheReadTokens',
  ],
  cacheWriteTokens: [
    'gen_ai.usage.cache_creation.input_tokens',
    'llm.token_count.prompt_details.cache_write',
    'gen_ai.usage.cache_creation_input_tokens',
    'ai.usage.inputTokenDetails.cacheWriteTokens',
  ],
  reasoningTokens: [
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.usage.reasoning_tokens',
    'llm.token_count.completion_details.reasoning',
    'ai.usage.reasoningTokens',
    'ai.usage.outputTokenDetails.reasoningTokens',
  ],
  reportedCost: ['gen_ai.usage.cost', 'llm.cost.total'],
  userId: [
    'user.id',
    'enduser.id',
    'traceloop.association.properties.user_id',
    'ai.telemetry.metadata.userId',
    'ai.settings.context.userId',
    'langfuse.user.id',
  ],
  sessionId: [
    'gen_ai.conversation.id',
    'session.id',
    'traceloop.association.properties.session_id',
    'ai.telemetry.metadata.sessionId',
    'ai.settings.context.sessionId',
    'langfuse.session.id',
  ],
  appType: ['gen_ai.agent.name', 'traceloop.workflow.name', 'ai.telemetry.functionId', 'langfuse.trace.name'],
  environment: ['deployment.environment.name', 'deployment.environment', 'langfuse.environment'],
  /** In seconds. */
  ttftSeconds: [
    'gen_ai.response.time_to_first_chunk',
    'gen_ai.server.time_to_first_token',
    // Vercel's AI SDK 7
    'gen_ai.client.operation.time_to_first_chunk',
  ],
  /** In milliseconds. */
  ttftMs: ['ai.response.msToFirstChunk'],
  /** ISO 8601 of the first token. */
  completionStart: ['langfuse.observation.completion_start_time'],
  usageDetails: ['langfuse.observation.usage_details'],
  costDetails: ['langfuse.observation.cost_details'],
  prompt: [
    'gen_ai.input.messages',
    'gen_ai.prompt',
    'input.value',
    'traceloop.entity.input',
    'ai.prompt.messages',
    'ai.prompt',
    'langfuse.observation.input',
  ],
  response: [
    'gen_ai.output.messages',
    'gen_ai.completion',
    'output.value',
    'traceloop.entity.output',
    'ai.response.text',
    'ai.response.toolCalls',
    'langfuse.observation.output',
  ],
  systemInstructions: ['gen_ai.system_instructions'],
  errorType: ['error.type', 'exception.type'],
} as const satisfies Record<string, readonly string[]>

/** Messages that are spread over numbered attributes: `gen_ai.prompt.0.role`, `llm.input_messages.0.message.content`. */
export const NUMBERED_MESSAGES = {
  prompt: ['llm.input_messages.', 'gen_ai.prompt.'],
  response: ['llm.output_messages.', 'gen_ai.completion.'],
} as const

/** Operations by the names that conventions give them; what is not listed keeps its name. */
export const OPERATIONS: ReadonlyMap<string, string> = new Map([
  // OpenInference span kinds
  ['llm', 'chat'],
  ['embedding', 'embeddings'],
  ['tool', 'execute_tool'],
  ['agent', 'invoke_agent'],
  ['retriever', 'retrieval'],
  ['chain', 'span'],
  ['unknown', 'span'],
  // OpenLLMetry request types
  ['completion', 'text_completion'],
  ['rerank', 'rerank'],
  // Vercel AI SDK operations
  ['ai.generatetext', 'chat'],
  ['ai.generatetext.dogenerate', 'chat'],
  ['ai.streamtext', 'chat'],
  ['ai.streamtext.dostream', 'chat'],
  ['ai.generateobject', 'chat'],
  ['ai.generateobject.dogenerate', 'chat'],
  ['ai.streamobject', 'chat'],
  ['ai.streamobject.dostream', 'chat'],
  ['ai.embed', 'embeddings'],
  ['ai.embed.doembed', 'embeddings'],
  ['ai.embedmany', 'embeddings'],
  ['ai.embedmany.doembed', 'embeddings'],
  ['ai.toolcall', 'execute_tool'],
  // Langfuse observation types
  ['generation', 'chat'],
  ['event', 'span'],
])

/** The operation of a span that is not a call. */
export const STEP_OPERATION = 'span'

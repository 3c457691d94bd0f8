import type { NewCall } from './call.ts'
import type { Countable } from './call-rollup.ts'

/** A call read back from its row. */
export type StoredCall = Countable & { id: number } & Pick<NewCall, 'userId' | 'sessionId'>

/** The columns that make a `StoredCall`. */
export const STORED_CALL_COLUMNS = [
  'id',
  'user_id as userId',
  'session_id as sessionId',
  'app',
  'app_type as appType',
  'provider',
  'model',
  'request_model as requestModel',
  'environment',
  'status',
  'error_type as errorType',
  'started_at as startedAt',
  'duration_us as durationUs',
  'ttft_us as ttftUs',
  'input_tokens as inputTokens',
  'output_tokens as outputTokens',
  'cached_input_tokens as cachedInputTokens',
  'cache_write_tokens as cacheWriteTokens',
  'reasoning_tokens as reasoningTokens',
  'total_tokens as totalTokens',
  'cost_nanos as costNanos',
] as const

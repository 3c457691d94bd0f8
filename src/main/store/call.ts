/** The door a call came in by. */
export type CallSource = 'native' | 'otlp' | 'proxy'

/** A prompt or a response: text as it came, or the JSON text of a structured value. */
export interface Body {
  format: 'text' | 'json'
  text: string
}

/** A call ready to be stored: normalised, cut to its limits. Null means that the caller did not say. */
export interface NewCall {
  requestId: string
  source: CallSource
  app: string
  appType: string | null
  environment: string | null
  userId: string | null
  sessionId: string | null
  provider: string | null
  requestModel: string | null
  model: string | null
  operation: string | null
  status: 'ok' | 'error'
  errorType: string | null
  errorMessage: string | null
  /** epoch ms */
  startedAt: number
  /** epoch ms */
  arrivedAt: number
  /** Whole microseconds, so that sums are exact whatever their order. */
  durationUs: number | null
  /** Time to first token in whole microseconds. */
  ttftUs: number | null
  inputTokens: number | null
  outputTokens: number | null
  cachedInputTokens: number | null
  cacheWriteTokens: number | null
  reasoningTokens: number | null
  totalTokens: number | null
  usageSource: 'reported' | 'estimated' | null
  /** 1e-9 of the base currency; null: unpriced */
  costNanos: number | null
  costSource: 'reported' | 'computed' | null
  reportedCost: { amount: number; currency: string } | null
  traceId: string | null
  spanId: string | null
  parentSpanId: string | null
  tags: string[]
  /** JSON text of an object */
  attributes: string | null
  prompt: Body | null
  response: Body | null
}

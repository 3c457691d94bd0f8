/** The door a call came in by. */
export type CallSource = 'native' | 'otlp' | 'proxy'

/** A prompt or a response: text as it came, or the JSON text of a structured value. */
export interface Body {
  format: 'text' | 'json'
  text: string
  /** How long it was before it was cut, in UTF-16 code units. */
  originalLength?: number
}

/** What had to be put right in a call before it was stored, or could not be. */
const CALL_FLAGS = [
  'start-implausible',
  'end-before-start',
  'text-repaired',
  'text-truncated',
  /** The console was too busy to count tokens that the caller did not report. */
  'usage-not-estimated',
  /** Secrets or personal data were taken out of its texts. */
  'redacted',
  /** Of its texts only what the privacy settings say is kept. */
  'capture-truncated',
  'capture-hashes',
  'capture-none',
] as const
export type CallFlag = (typeof CALL_FLAGS)[number]

const KNOWN_FLAGS: ReadonlySet<string> = new Set(CALL_FLAGS)

/** @returns those that this version knows: a file may be of a later one. */
export function knownFlags(flags: readonly string[]): CallFlag[] {
  return flags.filter((flag): flag is CallFlag => KNOWN_FLAGS.has(flag))
}

/** A call ready to be stored: normalised, cut to its limits. Null means that the caller did not say. */
export interface NewCall {
  requestId: string
  source: CallSource
  /** A part of a trace that is not counted as a call: nothing in it names a model or an operation. */
  isStep: boolean
  app: string
  appType: string | null
  environment: string | null
  userId: string | null
  sessionId: string | null
  provider: string | null
  requestModel: string | null
  model: string | null
  operation: string | null
  /** A span's name. */
  name: string | null
  status: 'ok' | 'error'
  errorType: string | null
  errorMessage: string | null
  /** epoch ms */
  startedAt: number
  /** epoch ms; the start that the caller gave, when it is not the one the call is filed under */
  reportedStartedAt: number | null
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
  /** The price that the cost was computed by. */
  costConfigId: string | null
  reportedCost: { amount: number; currency: string } | null
  traceId: string | null
  spanId: string | null
  parentSpanId: string | null
  tags: string[]
  flags: CallFlag[]
  /** JSON text of an object */
  attributes: string | null
  prompt: Body | null
  response: Body | null
}

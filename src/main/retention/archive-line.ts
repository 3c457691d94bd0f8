import * as z from 'zod'
import { ARCHIVE_FORMAT } from '#shared/contract/archives.ts'
import { knownFlags } from '../store/call.ts'
import type { ArchivedCall } from '../store/retention/archived-call.ts'

const text = z.string()
const textOrNull = text.nullable()
const count = z.int()
const countOrNull = count.nullable()
const bodySchema = z
  .object({ format: z.enum(['text', 'json']), text, originalLength: count.optional() })
  .transform(({ originalLength, ...body }) => ({
    ...body,
    ...(originalLength === undefined ? {} : { originalLength }),
  }))
  .nullable()

/** A line of an archive. What a later version adds to it is left out. */
const archivedCallSchema = z.object({
  id: count,
  requestId: text.min(1),
  source: z.enum(['native', 'otlp', 'proxy']),
  isStep: z.boolean(),
  usageBelow: z.int().min(0).max(2),
  app: text,
  appType: textOrNull,
  environment: textOrNull,
  userId: textOrNull,
  sessionId: textOrNull,
  provider: textOrNull,
  requestModel: textOrNull,
  model: textOrNull,
  operation: textOrNull,
  name: textOrNull,
  status: z.enum(['ok', 'error']),
  errorType: textOrNull,
  errorMessage: textOrNull,
  startedAt: count,
  reportedStartedAt: z.number().nullable(),
  arrivedAt: count,
  durationUs: countOrNull,
  ttftUs: countOrNull,
  inputTokens: countOrNull,
  outputTokens: countOrNull,
  cachedInputTokens: countOrNull,
  cacheWriteTokens: countOrNull,
  reasoningTokens: countOrNull,
  totalTokens: countOrNull,
  usageSource: z.enum(['reported', 'estimated']).nullable(),
  costNanos: countOrNull,
  costSource: z.enum(['reported', 'computed']).nullable(),
  costConfigId: textOrNull,
  reportedCost: z.object({ amount: z.number(), currency: text }).nullable(),
  traceId: textOrNull,
  spanId: textOrNull,
  parentSpanId: textOrNull,
  tags: z.array(text),
  flags: z.array(text).transform(knownFlags),
  attributes: textOrNull,
  prompt: bodySchema,
  response: bodySchema,
  events: z.array(z.object({ digest: text, timeNs: text, name: text, attributes: text })),
  feedback: z.array(
    z.object({
      id: text.min(1),
      rating: z.int().min(1).max(5),
      comment: textOrNull,
      type: z.enum(['quality', 'accuracy', 'latency', 'safety', 'other']).nullable(),
      tags: textOrNull,
      userId: textOrNull,
      source: z.enum(['end-user', 'reviewer', 'program']).nullable(),
      createdAt: count,
      state: z.enum(['open', 'resolved']),
      resolvedAt: countOrNull,
      note: textOrNull,
      assignee: textOrNull.optional(),
      isOwn: z.int().min(0).max(1).optional(),
    }),
  ),
})

/** The first line, so that the data say what they are without their manifest. */
export interface ArchiveHeader {
  format: typeof ARCHIVE_FORMAT
  version: number
  kind: 'bodies' | 'calls'
  day: string
  createdAt: number
  appVersion: string
  schemaVersion: string
}

/** @returns the lines of a block that hold calls. */
export function linesOf(raw: Buffer): string[] {
  return raw
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(`{"format":"${ARCHIVE_FORMAT}"`))
}

/** @returns null: the line is not one of a call. */
export function readLine(line: string): ArchivedCall | null {
  try {
    const result = archivedCallSchema.safeParse(JSON.parse(line))
    return result.success ? result.data : null
  } catch {
    // Not JSON.
    return null
  }
}

import { appLogInputSchema } from '#shared/contract/app-logs.ts'
import { readNativeRecords } from '../ingest/index.ts'
import type { Body, NewCall } from '../store/call.ts'
import { knownFlags } from '../store/call.ts'
import { callRecordExtrasSchema } from './call-record.ts'
import type { Fields } from './fields.ts'

/** A native call, with what a file of our own says besides. */
export function isOwnCall(record: Fields): boolean {
  return typeof record['app'] === 'string'
}

/**
 * Reads a line of an exported file: the call is the one that was exported, its cost and its source as they were. What
 * apps write is a native call as at the collector's door.
 *
 * @param now epoch ms
 * @returns why it cannot be stored instead.
 */
export function readOwnCall(record: Fields, now: number): NewCall | string {
  const extras = callRecordExtrasSchema.safeParse(record)
  // Only what is native goes where unknown fields are counted.
  const native = Object.fromEntries(
    Object.entries(record).filter(([name]) => Object.hasOwn(appLogInputSchema.shape, name)),
  )
  const { calls, errors } = readNativeRecords([native], now)
  const [call] = calls
  if (!call) return `${errors[0]?.path ?? ''} ${errors[0]?.reason ?? 'is not a call'}`.trim()
  if (!extras.success) {
    const [issue] = extras.error.issues
    return `${issue?.path.map(String).join('.') ?? ''} ${issue?.message ?? 'is not a call'}`.trim()
  }
  const { data } = extras
  if (data.arrivedAt === undefined) return { ...call, arrivedAt: arrivalOf(call, now) }
  return {
    ...call,
    arrivedAt: Math.min(data.arrivedAt, now),
    reportedStartedAt: data.reportedStartedAt ?? null,
    source: data.source ?? 'native',
    name: data.name ?? null,
    usageSource: data.usageSource ?? null,
    totalTokens: typeof native['totalTokens'] === 'number' ? native['totalTokens'] : null,
    costNanos: data.costNanos ?? null,
    costSource: data.costSource ?? null,
    costConfigId: data.costConfigId ?? null,
    flags: knownFlags(data.flags ?? []),
    prompt: bodyAs(call.prompt, data.promptFormat, data.promptLength),
    response: bodyAs(call.response, data.responseFormat, data.responseLength),
  }
}

/**
 * When a call would have arrived that was logged elsewhere: at its end. Alerts look at what arrives now, and what is
 * imported happened long ago.
 */
export function arrivalOf({ startedAt, durationUs }: NewCall, now: number): number {
  return Math.min(now, Math.ceil(startedAt + (durationUs ?? 0) / 1_000))
}

function bodyAs(
  body: Body | null,
  format: Body['format'] | undefined,
  originalLength: number | undefined,
): Body | null {
  if (body === null) return null
  const kept =
    format === 'json' && body.format === 'text' ? { format, text: JSON.stringify(body.text) } : body
  return originalLength === undefined ? kept : { ...kept, originalLength }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { NewCall } from '../../../src/main/store/call.ts'
import { openForWriting } from '../../../src/main/store/database.ts'
import { migrateToLatest } from '../../../src/main/store/migrations/index.ts'
import { createWriters } from '../../../src/main/store/writers.ts'
import { makeCall } from './make-call.ts'

async function openInserter() {
  const folder = mkdtempSync(join(tmpdir(), 'llmops-traces-'))
  const database = openForWriting({ file: join(folder, 'test.sqlite') })
  onTestFinished(() => {
    database.sqlite.close()
    rmSync(folder, { recursive: true, force: true })
  })
  await migrateToLatest(database)
  return { ...database, inserter: createWriters(database).inserter }
}

interface SpanPlan {
  /** Index of the parent, or of none. */
  parent: number | null
  kind: 'step' | 'call' | 'call with usage' | 'call with an estimate'
  /** Whether it came as a native call with a request id of its own. */
  hasOwnId?: boolean
}

function toCall(traceId: string, { parent, kind, hasOwnId }: SpanPlan, index: number): NewCall {
  const spanId = `span${index}`
  const tokens = 2 ** index
  return makeCall({
    requestId: hasOwnId ? `own-${traceId}-${index}` : `${traceId}-${spanId}`,
    source: hasOwnId ? 'native' : 'otlp',
    traceId,
    spanId,
    parentSpanId: parent === null ? null : `span${parent}`,
    isStep: kind === 'step',
    durationUs: 1_000 * (index + 1),
    ...(kind === 'call with usage' || kind === 'call with an estimate'
      ? {
          usageSource: kind === 'call with usage' ? 'reported' : 'estimated',
          inputTokens: tokens,
          totalTokens: tokens,
        }
      : {}),
  })
}

/**
 * The rule, said plainly: a span counts unless it is a step, or usage is carried somewhere below it. Estimated usage
 * counts for that only where none is reported: not for a call that reports its own, and not below one that is counted.
 */
function countedByRule(plans: SpanPlan[]): number[] {
  const has = (kind: SpanPlan['kind'], index: number): boolean =>
    plans.some((plan, child) => plan.parent === index && (plan.kind === kind || has(kind, child)))
  const reports = (index: number) =>
    plans[index]?.kind === 'call with usage' && !has('call with usage', index)
  const isCovered = (parent: number | null | undefined): boolean =>
    typeof parent === 'number' && (reports(parent) || isCovered(plans[parent]?.parent))
  const counts = {
    step: () => false,
    call: (index: number) => !has('call with usage', index) && !has('call with an estimate', index),
    'call with usage': reports,
    'call with an estimate': (index: number) => counts.call(index) && !isCovered(plans[index]?.parent),
  }
  return plans.flatMap((plan, index) => (counts[plan.kind](index) ? [index] : []))
}

const tracePlan = fc
  .array(
    fc.record({
      kind: fc.constantFrom('step', 'call', 'call with usage', 'call with an estimate'),
      seed: fc.nat(1_000),
      hasOwnId: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((spans) =>
    spans.map(({ kind, seed, hasOwnId }, index): SpanPlan => ({
      kind,
      hasOwnId,
      parent: index === 0 || seed % 4 === 0 ? null : seed % index,
    })),
  )

test('whatever the shape of a trace, the order and the batches its spans come in, usage counts once', async () => {
  const { sqlite, inserter } = await openInserter()
  const stored = sqlite.prepare<[string], number>(
    'select cast(substr(span_id, 5) as integer) from app_log where trace_id = ? and is_step = 0 order by 1',
  )
  let traces = 0
  let requests = 0
  let tokens = 0
  fc.assert(
    fc.property(
      tracePlan.chain((plans) =>
        fc.record({
          plans: fc.constant(plans),
          order: fc.shuffledSubarray(
            plans.map((_, index) => index),
            { minLength: plans.length },
          ),
          batchSize: fc.integer({ min: 1, max: plans.length }),
          again: fc.boolean(),
        }),
      ),
      ({ plans, order, batchSize, again }) => {
        const traceId = `trace${(traces += 1)}`
        const calls = plans.map((plan, index) => toCall(traceId, plan, index))
        const arriving = order.flatMap((index) => calls[index] ?? [])
        for (let start = 0; start < arriving.length; start += batchSize) {
          inserter.insert([arriving.slice(start, start + batchSize)])
        }
        if (again) inserter.insert([arriving])

        const counted = countedByRule(plans)
        expect(stored.pluck().all(traceId)).toEqual(counted)
        requests += counted.length
        tokens += counted.reduce((sum, index) => sum + (calls[index]?.totalTokens ?? 0), 0)
        const kept = sqlite
          .prepare<[], { requests: number | null; tokens: number | null }>(
            'select sum(requests) as requests, sum(total_tokens) as tokens from call_rollup where level = 0',
          )
          .get()
        expect(kept).toEqual({ requests: requests || null, tokens: requests ? tokens : null })
      },
    ),
    { numRuns: 400 },
  )
})

test('parents that form a circle do not hang the writer', async () => {
  const { sqlite, inserter } = await openInserter()
  const kinds = ['call with usage', 'call with an estimate'] as const
  for (const [index, [first, second]] of kinds.flatMap((a) => kinds.map((b) => [a, b] as const)).entries()) {
    const circle = [
      { parent: 1, kind: first },
      { parent: 0, kind: second },
    ]
    inserter.insert([circle.map((plan, place) => toCall(`circle${index}`, plan, place))])
  }
  expect(sqlite.prepare('select count(*) from app_log').pluck().get()).toBe(8)
})

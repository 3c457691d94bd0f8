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
  kind: 'step' | 'call' | 'call with usage'
}

function toCall(traceId: string, { parent, kind }: SpanPlan, index: number): NewCall {
  const spanId = `span${index}`
  const tokens = 2 ** index
  return makeCall({
    requestId: `${traceId}-${spanId}`,
    source: 'otlp',
    traceId,
    spanId,
    parentSpanId: parent === null ? null : `span${parent}`,
    isStep: kind === 'step',
    durationUs: 1_000 * (index + 1),
    ...(kind === 'call with usage'
      ? { usageSource: 'reported', inputTokens: tokens, totalTokens: tokens }
      : {}),
  })
}

/** The rule, said plainly: a span counts unless it is a step or usage is carried somewhere below it. */
function countedByRule(plans: SpanPlan[]): number[] {
  const hasUsageBelow = (index: number): boolean =>
    plans.some(
      (plan, child) => plan.parent === index && (plan.kind === 'call with usage' || hasUsageBelow(child)),
    )
  return plans.flatMap((plan, index) => (plan.kind === 'step' || hasUsageBelow(index) ? [] : [index]))
}

const tracePlan = fc
  .array(fc.record({ kind: fc.constantFrom('step', 'call', 'call with usage'), seed: fc.nat(1_000) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((spans) =>
    spans.map(({ kind, seed }, index): SpanPlan => ({
      kind,
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
    { numRuns: 300 },
  )
})

test('parents that form a circle do not hang the writer', async () => {
  const { sqlite, inserter } = await openInserter()
  const circle = [
    { parent: 1, kind: 'call with usage' },
    { parent: 0, kind: 'call with usage' },
  ] as const
  inserter.insert([circle.map((plan, index) => toCall('circle', plan, index))])
  expect(sqlite.prepare('select count(*) from app_log').pluck().get()).toBe(2)
})

import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import { sql } from 'kysely'
import type { Schema } from '../schema.ts'

/** What calls can be told apart by that no rollup counts. */
export interface CallConditions {
  requestId?: string | undefined
  traceId?: string | undefined
  source?: 'native' | 'otlp' | 'proxy' | undefined
  operation?: string | undefined
  /** One of the call's tags, to the letter. */
  tag?: string | undefined
  /** In units of the base currency. */
  minCost?: number | undefined
  maxCost?: number | undefined
  /** Whether the call has a cost. */
  isPriced?: boolean | undefined
  /** Who counted the tokens. */
  usage?: 'reported' | 'estimated' | undefined
  /** Whether a first token was timed, as it is of calls that stream. */
  isStreamed?: boolean | undefined
  hasFeedback?: boolean | undefined
}

const NANOS = 1e9

type Builder = ExpressionBuilder<Schema, 'app_log'>

/** One expression for each condition that is asked for, to be judged call by call. */
export function conditionsOf(eb: Builder, asked: CallConditions): Expression<SqlBool>[] {
  const { minCost, maxCost, isPriced, isStreamed, hasFeedback, tag } = asked
  const exact = {
    request_id: asked.requestId,
    trace_id: asked.traceId,
    source: asked.source,
    operation: asked.operation,
    usage_source: asked.usage,
  } as const
  const found: Expression<SqlBool>[] = []
  for (const column of ['request_id', 'trace_id', 'source', 'operation', 'usage_source'] as const) {
    const wanted = exact[column]
    if (wanted !== undefined) found.push(eb(column, '=', wanted))
  }
  if (minCost !== undefined) found.push(eb('cost_nanos', '>=', Math.round(minCost * NANOS)))
  if (maxCost !== undefined) found.push(eb('cost_nanos', '<=', Math.round(maxCost * NANOS)))
  if (isPriced !== undefined) found.push(eb('cost_nanos', isPriced ? 'is not' : 'is', null))
  if (isStreamed !== undefined) found.push(eb('ttft_us', isStreamed ? 'is not' : 'is', null))
  if (hasFeedback !== undefined) found.push(hasFeedback ? feedbackOf(eb) : eb.not(feedbackOf(eb)))
  if (tag !== undefined) found.push(taggedWith(eb, tag))
  return found
}

/** Whether any condition is asked for. */
export function hasConditions(asked: CallConditions): boolean {
  const { requestId, traceId, source, operation, tag, minCost, maxCost } = asked
  const { isPriced, usage, isStreamed, hasFeedback } = asked
  const texts = [requestId, traceId, source, operation, tag, usage]
  return [...texts, minCost, maxCost, isPriced, isStreamed, hasFeedback].some(
    (wanted) => wanted !== undefined,
  )
}

/** By feedback_call. */
function feedbackOf(eb: Builder): Expression<SqlBool> {
  return eb.exists(
    eb
      .selectFrom('feedback')
      .select(eb.lit(1).as('found'))
      .whereRef('feedback.app_log_id', '=', 'app_log.id'),
  )
}

/** By the primary key of the body. Most bodies fall by the cheap look before their tags are taken apart. */
function taggedWith(eb: Builder, tag: string): Expression<SqlBool> {
  return eb.exists(
    eb
      .selectFrom('app_log_body')
      .select(eb.lit(1).as('found'))
      .whereRef('app_log_body.app_log_id', '=', 'app_log.id')
      .where((body) => body(body.fn<number>('instr', ['tags', body.val(JSON.stringify(tag))]), '>', 0))
      .where(
        sql<SqlBool>`exists (select 1 from json_each(${sql.ref('tags')}) as one where one.value = ${tag})`,
      ),
  )
}

import { breakDown, seriesOf, summarise } from '../../src/main/monitoring/index.ts'
import type { CallPlace } from '../../src/main/store/queries/call-places.ts'
import type { Store } from '../../src/main/store/store.ts'
import { DAY_MS } from '../../src/main/store/rollup-levels.ts'
import { MONTH_END, MONTH_START } from './made-up-month.ts'

/** What SQLite and DuckDB say differently. */
export interface Dialect {
  /** Whole hours of a column of milliseconds. */
  hourOf(column: string): string
  /** The exact nearest-rank percentile. */
  percentile(column: string, share: number): string
}

export const SQLITE: Dialect = {
  hourOf: (column) => `${column} / 3600000`,
  percentile: (column, share) => `percentile_disc(${column}, ${share})`,
}

export const DUCKDB: Dialect = {
  hourOf: (column) => `${column} // 3600000`,
  percentile: (column, share) => `quantile_disc(${column}, ${share})`,
}

/** One question, as the console's pages ask it and as plain SQL over the calls. */
export interface Question {
  name: string
  ask(store: Store): Promise<unknown>
  sql(dialect: Dialect): string
}

const RANGE = { from: MONTH_START, to: MONTH_END }
const IN_RANGE = `started_at >= ${MONTH_START} and started_at < ${MONTH_END}`
const PAGE = 50
/** A third of the month is behind it. */
const DEEP: CallPlace = { startedAt: MONTH_START + 10 * DAY_MS, id: Number.MAX_SAFE_INTEGER }
const MANY = { app: 'checkout', model: 'gpt-4o', status: 'ok' } as const
const FEW = { app: 'planner', model: 'claude-haiku-4', status: 'error' } as const

const figures = (dialect: Dialect) =>
  [
    'count(*) as requests',
    "count(*) filter (where status = 'error') as errors",
    'avg(duration_us) as duration_us',
    ...[0.5, 0.95, 0.99].map(
      (share) => `${dialect.percentile('duration_us', share)} as p${Math.round(100 * share)}`,
    ),
    ...['input_tokens', 'output_tokens', 'total_tokens', 'cost_nanos'].map(
      (column) => `sum(${column}) as ${column}`,
    ),
  ].join(', ')

const list = (where: string) => () =>
  `select id, started_at, app, model, status, duration_us, total_tokens, cost_nanos from app_log
   ${where} order by started_at desc, id desc limit ${PAGE}`

const listDeep = ({ app, model, status }: typeof MANY | typeof FEW) =>
  list(
    `where app = '${app}' and model = '${model}' and status = '${status}' and started_at < ${DEEP.startedAt}`,
  )

export const QUESTIONS = {
  series: {
    name: 'series, 30 days by hour',
    ask: (store) => seriesOf(store, { ...RANGE, bucket: 'hour', by: 'none', timeZone: 'UTC' }),
    sql: (dialect) =>
      `select ${dialect.hourOf('started_at')} as hour, ${figures(dialect)} from app_log where ${IN_RANGE} group by 1`,
  },
  breakdown: {
    name: 'breakdown by model',
    ask: (store) => breakDown(store, { ...RANGE, by: 'model' }),
    sql: (dialect) => `select model, ${figures(dialect)} from app_log where ${IN_RANGE} group by 1`,
  },
  breakdownByUser: {
    name: 'breakdown by user',
    ask: (store) => breakDown(store, { ...RANGE, by: 'user' }),
    sql: (dialect) =>
      `select user_id, ${figures(dialect)} from app_log where ${IN_RANGE}
       group by 1 order by requests desc limit 1000`,
  },
  summary: {
    name: 'summary',
    ask: (store) => summarise(store, RANGE),
    sql: (dialect) =>
      `select ${figures(dialect)}, count(distinct user_id) as users from app_log where ${IN_RANGE}`,
  },
  summaryOfApp: {
    name: 'summary of one app',
    ask: (store) => summarise(store, { ...RANGE, app: MANY.app }),
    sql: (dialect) =>
      `select ${figures(dialect)}, count(distinct user_id) as users from app_log
       where ${IN_RANGE} and app = '${MANY.app}'`,
  },
  newest: {
    name: 'newest 50',
    ask: (store) => store.ask('listCalls', { limit: PAGE }),
    sql: list(''),
  },
  deepMany: {
    name: 'deep page, many match',
    ask: (store) => store.ask('listCalls', { ...MANY, limit: PAGE, after: DEEP }),
    sql: listDeep(MANY),
  },
  deepFew: {
    name: 'deep page, few match',
    ask: (store) => store.ask('listCalls', { ...FEW, limit: PAGE, after: DEEP }),
    sql: listDeep(FEW),
  },
} as const satisfies Record<string, Question>

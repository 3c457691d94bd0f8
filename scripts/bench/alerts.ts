import { monitorEventLoopDelay } from 'node:perf_hooks'
import SqliteDatabase from 'better-sqlite3'
import type { Condition } from '../../src/shared/contract/alerts/rules.ts'
import { newAlertRuleSchema } from '../../src/shared/contract/alerts/rules.ts'
import type { MeasureRequest } from '../../src/main/store/alerts/rule-readings.ts'
import { openStore } from '../../src/main/store/store.ts'
import { say } from '../failure.ts'
import { openDataSet } from './data-set.ts'
import { MONTH_END } from './made-up-month.ts'
import { median } from './median.ts'

const CALLS = 10_000_000
const RULES = 500
const ROUNDS = 5
const MINUTE_MS = 60_000
/** Of the reference, as many are run as tell what one costs. */
const REFERENCES = 25

const WINDOWS = [1, 5, 10, 15, 30, 60, 6 * 60, 24 * 60]
const METRICS = [
  'failureRate',
  'durationAvgMs',
  'durationP95Ms',
  'durationP99Ms',
  'ttftP95Ms',
  'requests',
  'errors',
  'totalTokens',
  'cost',
  'unpricedRequests',
] as const satisfies readonly Condition['metric'][]
const APPS = ['checkout', 'support', 'search', 'writer', 'reviewer', 'translator', 'planner', 'batch']
const SPLITS = ['none', 'app', 'model', 'none'] as const

/**
 * What it takes to check 500 rules of all kinds over ten million calls, beside one plain SQL aggregate for each rule. The
 * calls are of a month; windows reach back a minute to a day, every tenth rule is split by user or compares with yesterday.
 */
export async function benchAlerts(): Promise<void> {
  const { folder, database } = await openDataSet(CALLS, 'short')
  const store = await openStore({ dataDir: folder })
  const rules = Array.from({ length: RULES }, (_, index) => madeUpRule(index))
  const end = Math.floor(MONTH_END / MINUTE_MS) * MINUTE_MS - ROUNDS * MINUTE_MS
  const request = (at: number): MeasureRequest => ({
    at,
    slotMs: MINUTE_MS,
    upSince: 0,
    rules: rules.map((rule, index) => ({ ...rule, id: String(index), tracked: [] })),
    budgets: {},
  })
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  const first = await timeOf(() => store.measureRules(request(end)))
  const later: number[] = []
  let readings = 0
  for (let round = 1; round <= ROUNDS; round += 1) {
    later.push(
      await timeOf(async () => {
        const results = await store.measureRules(request(end + round * MINUTE_MS))
        const broken = results.find(({ ok }) => !ok)
        if (broken?.ok === false) throw new Error(broken.error)
        readings = results.reduce((sum, result) => sum + (result.ok ? result.readings.length : 0), 0)
      }),
    )
  }
  delays.disable()
  await store.close()
  const reference = referenceMs(database, rules, end + ROUNDS * MINUTE_MS)
  const lines = [
    ['first check, after the calls of the longest window were taken in', first],
    ['each check after it', median(later)],
    ['main thread, longest pause meanwhile', delays.max / 1e6],
    [`one SQL aggregate for each rule (${REFERENCES} run, as many as ${RULES} would take)`, reference],
  ] as const
  const count = (value: number) => value.toLocaleString('en')
  console.log(`${RULES} rules, ${count(CALLS)} calls, ${count(readings)} instances breached or asked for`)
  for (const [what, ms] of lines) console.log(`${ms.toFixed(0).padStart(9)} ms  ${what}`)
  console.log(`${(reference / median(later)).toFixed(1)} × as fast as the reference`)
}

function madeUpRule(index: number) {
  const isOfUsers = index % 20 === 0
  const isCompared = index % 20 === 10
  const condition = (offset: number) => ({
    metric: METRICS[(index + offset) % METRICS.length],
    comparison: 'gt',
    threshold: 1e12,
    windowMinutes: WINDOWS[(index + offset) % WINDOWS.length],
    ...(isCompared ? { compareTo: 'yesterday', metric: 'durationP95Ms' } : {}),
  })
  return newAlertRuleSchema.parse({
    name: `rule ${index}`,
    match: 'any',
    conditions: index % 3 === 0 ? [condition(0), condition(1)] : [condition(0)],
    filter: {
      app: index % 2 === 0 ? undefined : APPS[index % APPS.length],
      environment: index % 5 === 0 ? 'production' : undefined,
    },
    splitBy: isOfUsers ? 'user' : SPLITS[index % SPLITS.length],
  })
}

/** What it would take to ask plainly, by the index on the start, one question a rule. */
function referenceMs(file: string, rules: readonly ReturnType<typeof madeUpRule>[], at: number): number {
  const sqlite = new SqliteDatabase(file, { readonly: true })
  say(`asking ${REFERENCES} times in plain SQL`)
  const startedAt = performance.now()
  for (let index = 0; index < REFERENCES; index += 1) {
    const rule = rules[Math.floor((index * rules.length) / REFERENCES)]
    const [condition] = rule?.conditions ?? []
    const key = rule?.splitBy === 'user' ? 'user_id' : rule?.splitBy === 'none' ? "''" : rule?.splitBy
    const app = rule?.filter.app?.[0]
    sqlite
      .prepare<unknown[]>(
        `select ${key}, count(*), sum(status = 'error'), avg(duration_us), sum(total_tokens), sum(cost_nanos)
         from app_log where started_at >= ? and started_at < ? and is_step = 0 and (? is null or app = ?)
         group by 1`,
      )
      .all(at - (condition?.windowMinutes ?? 1) * MINUTE_MS, at, app ?? null, app ?? null)
  }
  const ms = ((performance.now() - startedAt) / REFERENCES) * rules.length
  sqlite.close()
  return ms
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

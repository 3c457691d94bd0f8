import type { Budget, BudgetPeriod, BudgetStatus, BudgetWithStatus } from '#shared/contract/budgets.ts'
import { BASE_CURRENCY } from '../pricing/index.ts'
import type { CostSums } from '../store/queries/sum-costs.ts'
import type { Store } from '../store/store.ts'
import { forecastNanos, rateWindowAt } from './forecast.ts'
import type { Period } from './period.ts'
import { periodAt } from './period.ts'

/**
 * How budgets stand in the period that runs: what was spent and how much of the budget that is (`status.usedPercent`;
 * above 100 it is exceeded), what is left, and what it will be in the end. Disabled ones, too: whether they matter is
 * for the caller to say.
 *
 * It asks the store at most nine questions, however many budgets there are, and they are answered from rollups: it may be
 * called after every commit.
 *
 * @param now epoch ms
 * @param timeZone IANA name; days, weeks and months begin as they do there.
 * @returns the budgets with their status, in the same order.
 * @throws ConsoleError what `Store.ask` throws.
 */
export async function budgetStatuses(
  store: Pick<Store, 'ask'>,
  budgets: readonly Budget[],
  now: number,
  timeZone: string,
): Promise<BudgetWithStatus[]> {
  const statuses = new Map<Budget, BudgetStatus>()
  const standOf = async (name: BudgetPeriod, ofPeriod: readonly Budget[]) => {
    const scopes = ofPeriod.map(({ scope }) => scope)
    const sum = ({ from, to }: Period) => store.ask('sumCosts', { from, to, scopes })
    const period = periodAt(name, now, timeZone)
    const window = rateWindowAt(name, now)
    const [spent, recent, before] = await Promise.all([
      sum(period),
      sum(window),
      sum({ from: window.lookBackFrom, to: window.to }),
    ])
    ofPeriod.forEach((budget, index) => {
      const sums = spent[index] ?? NOTHING
      const forecast = forecastNanos(
        { now, period, window },
        {
          spentNanos: sums.costNanos,
          windowNanos: recent[index]?.costNanos ?? 0,
          firstStart: before[index]?.firstStart ?? null,
        },
      )
      statuses.set(budget, statusOf(budget.amount, { period, sums, forecast }))
    })
  }
  const byPeriod = Map.groupBy(budgets, ({ period }) => period)
  await Promise.all([...byPeriod].map(([name, ofPeriod]) => standOf(name, ofPeriod)))
  return budgets.flatMap((budget) => {
    const status = statuses.get(budget)
    return status ? [{ ...budget, status }] : []
  })
}

const NOTHING: CostSums = { requests: 0, unpricedRequests: 0, costNanos: 0, firstStart: null }

/** @param amount in units of the base currency. */
export function statusOf(
  amount: number,
  { period, sums, forecast }: { period: Period; sums: CostSums; forecast: number },
): BudgetStatus {
  const amountNanos = amount * 1e9
  const spentNanos = sums.costNanos
  return {
    periodStart: period.from,
    periodEnd: period.to,
    currency: BASE_CURRENCY,
    spentNanos,
    remainingNanos: Math.round(amountNanos) - spentNanos,
    forecastNanos: forecast,
    usedPercent: (spentNanos / amountNanos) * 100,
    state: spentNanos > amountNanos ? 'exceeded' : forecast > amountNanos ? 'at-risk' : 'ok',
    unpricedRequests: sums.unpricedRequests,
  }
}

import type { Condition } from '#shared/contract/alerts/rules.ts'
import type { OpenDatabase } from '../database.ts'
import { feedbackStatistics } from '../queries/feedback-statistics.ts'
import type { Measurement } from './judge-condition.ts'
import type { MeasuredRule } from './rule-readings.ts'

const GROUP_BY = { none: null, app: 'app', model: 'model', user: 'user' } as const

/**
 * A metric of the feedback that came in a window, whenever its calls were, by the values that a rule is split by. One or two
 * of five is negative.
 *
 * @param window epoch ms, `[from, to)`
 */
export function feedbackMetric(
  database: OpenDatabase,
  { filter, splitBy }: Pick<MeasuredRule, 'filter' | 'splitBy'>,
  { metric }: Pick<Condition, 'metric'>,
  window: { from: number; to: number },
): Map<string, Measurement> {
  const { app, appType, provider, model, environment, userId } = filter
  const groups = feedbackStatistics(database, {
    ...window,
    time: 'arrival',
    labels: { app, app_type: appType, provider, model, environment },
    userId,
    groupBy: GROUP_BY[splitBy],
  })
  return new Map(
    groups.map(({ key, rating_1, rating_2, rating_3, rating_4, rating_5 }) => {
      const samples = rating_1 + rating_2 + rating_3 + rating_4 + rating_5
      const sum =
        metric === 'feedbackAverage'
          ? rating_1 + 2 * rating_2 + 3 * rating_3 + 4 * rating_4 + 5 * rating_5
          : rating_1 + rating_2
      return [key, { value: samples === 0 ? null : sum / samples, samples }]
    }),
  )
}

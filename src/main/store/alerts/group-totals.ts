import type { NewAlertRule } from '#shared/contract/alerts/rules.ts'
import type { CallLabels, LabelTotals } from './call-totals.ts'
import { CallTotals } from './call-totals.ts'

/** Totals of the calls that a rule looks at, of one of the values that it is split by. */
export interface GroupTotals {
  totals: CallTotals
  /** Failed calls, of the error type that was asked for, if any was. */
  errorsOfType: number
  /** Users that were told apart. */
  users: Set<string>
  /** Cost of the calls of these. */
  userCostNanos: number
}

/** Which distributions are needed. */
export interface Needs {
  durations: boolean
  ttfts: boolean
}

/** Adds up what a rule looks at, by the values it is split by; by '' if it is not split. */
export function groupTotals(
  all: readonly LabelTotals[],
  {
    filter,
    splitBy,
    errorType,
    needs,
  }: Pick<NewAlertRule, 'filter' | 'splitBy'> & {
    errorType: string | undefined
    needs: Needs
  },
): Map<string, GroupTotals> {
  const wanted = Object.entries(filter).flatMap(([label, values]) =>
    values === undefined ? [] : [[label as keyof typeof filter, new Set(values)] as const],
  )
  const groups = new Map<string, GroupTotals>()
  for (const { labels, totals } of all) {
    if (!wanted.every(([label, values]) => values.has(labels[label]))) continue
    const key = splitBy === 'none' ? '' : labels[SPLIT[splitBy]]
    // Calls without a user are no user's.
    if (splitBy === 'user' && key === '') continue
    let group = groups.get(key)
    if (!group) {
      group = { totals: new CallTotals(), errorsOfType: 0, users: new Set<string>(), userCostNanos: 0 }
      groups.set(key, group)
    }
    group.totals.addAll(totals, needs)
    if (errorType === undefined || labels.errorType === errorType) group.errorsOfType += totals.errors
    if (labels.userId !== '') {
      group.users.add(labels.userId)
      group.userCostNanos += totals.costNanos
    }
  }
  return groups
}

const SPLIT = { app: 'app', model: 'model', user: 'userId' } as const satisfies Record<
  Exclude<NewAlertRule['splitBy'], 'none'>,
  keyof CallLabels
>

import type { Condition } from '#shared/contract/alerts/rules.ts'
import { LIMITS } from '#shared/limits.ts'
import type { OpenDatabase } from '../database.ts'
import { DAY_MS } from '../rollup-levels.ts'
import type { InstanceLabels } from './alert-changes.ts'
import type { ArrivedCells, Reach } from './arrival-follower.ts'
import type { BaseWindow } from './base-window.ts'
import { baseTotals, COMPARED_MS } from './base-window.ts'
import { callMetric, needsOf } from './call-metric.ts'
import type { LabelTotals } from './call-totals.ts'
import { feedbackMetric } from './feedback-metric.ts'
import type { GroupTotals } from './group-totals.ts'
import { groupTotals } from './group-totals.ts'
import type { Measurement } from './judge-condition.ts'
import { judgeCondition } from './judge-condition.ts'
import type { MeasuredRule, MeasureRequest, Reading, RuleReadings } from './rule-readings.ts'

const MINUTE_MS = 60_000
/** Values that are missed when they are not there, by a rule that alerts without data, have been there since. */
const KNOWN_FOR_MS = DAY_MS

function isOfFeedback({ metric }: Condition): boolean {
  return metric === 'feedbackAverage' || metric === 'feedbackNegativeRate'
}

/** What a rule is split by in fact: budgets do not differ by instance. */
function splitOf({ conditions, splitBy }: MeasuredRule): MeasuredRule['splitBy'] {
  return conditions.every(({ metric }) => metric === 'budgetUsedPercent') ? 'none' : splitBy
}

/** Whether a metric is measured by calls. */
function isOfCalls(condition: Condition): boolean {
  return condition.metric !== 'budgetUsedPercent' && !isOfFeedback(condition)
}

/** How far back the windows of rules reach. */
export function reachOf(rules: readonly MeasuredRule[]): Reach {
  const reach = { labelsMs: 0, usersMs: 0 }
  for (const rule of rules) {
    for (const condition of rule.conditions) {
      if (!isOfCalls(condition)) continue
      const level = levelOf(rule, condition)
      reach[level] = Math.max(reach[level], condition.windowMinutes * MINUTE_MS, knownForMs(rule))
    }
  }
  return reach
}

/** Users are told apart only where they matter: they may be as many as calls. */
function levelOf(rule: MeasuredRule, { metric }: Condition): keyof Reach {
  const isByUser = rule.splitBy === 'user' || rule.filter.userId !== undefined || metric === 'costPerUser'
  return isByUser ? 'usersMs' : 'labelsMs'
}

function knownForMs({ splitBy, noData }: MeasuredRule): number {
  return splitBy !== 'none' && noData === 'alert' ? KNOWN_FOR_MS : 0
}

/**
 * Measures rules. What several of them ask is computed once.
 *
 * @returns for each rule in turn what it says, or why it cannot be told.
 */
export function measureRules(
  database: OpenDatabase,
  cells: ArrivedCells,
  request: MeasureRequest,
): RuleReadings[] {
  const measuring = new Measuring(database, cells, request)
  return request.rules.map((rule) => {
    try {
      return { ruleId: rule.id, ok: true, ...measuring.measure(rule) }
    } catch (error) {
      return { ruleId: rule.id, ok: false, error: error instanceof Error ? error.message : String(error) }
    }
  })
}

interface Measured {
  condition: Condition
  now: Map<string, Measurement>
  base: Map<string, Measurement> | undefined
  /** What does not differ by instance. */
  ofAll: Measurement | undefined
}

class Measuring {
  readonly #database: OpenDatabase
  readonly #request: MeasureRequest
  readonly #windows: Record<keyof Reach, ReadonlyMap<number, LabelTotals[]> | null>
  readonly #measured = new Map<string, Map<string, Measurement>>()
  readonly #groups = new Map<string, Map<string, GroupTotals>>()
  readonly #bases = new Map<string, LabelTotals[]>()

  constructor(database: OpenDatabase, { labels, users }: ArrivedCells, request: MeasureRequest) {
    this.#database = database
    this.#request = request
    const lengths = { labelsMs: new Set<number>(), usersMs: new Set<number>() }
    for (const rule of request.rules) {
      for (const condition of rule.conditions) {
        if (!isOfCalls(condition)) continue
        const ofLevel = lengths[levelOf(rule, condition)]
        ofLevel.add(condition.windowMinutes * MINUTE_MS)
        if (knownForMs(rule) > 0) ofLevel.add(knownForMs(rule))
      }
    }
    this.#windows = {
      labelsMs: labels.totals(request.at, [...lengths.labelsMs]),
      usersMs: users && users.totals(request.at, [...lengths.usersMs]),
    }
  }

  measure(asGiven: MeasureRequest['rules'][number]): { readings: Reading[]; leftOut: number } {
    const rule = { ...asGiven, splitBy: splitOf(asGiven) }
    const { at, upSince } = this.#request
    const measured = rule.conditions.map((condition) => this.#valuesOf(rule, condition))
    const known = knownForMs(rule) > 0 ? this.#knownValues(rule) : []
    const tracked = new Set(rule.tracked.map(keyOf))
    const asked = rule.splitBy === 'none' ? [''] : [...tracked, ...known]
    const keys = new Set([...asked, ...measured.flatMap(({ now: of }) => [...of.keys()])])
    const readings: (Reading & { key: string; samples: number })[] = []
    for (const key of keys) {
      const judged = measured.map(({ condition, now: of, base, ofAll }) =>
        judgeCondition(condition, rule, {
          now: ofAll ?? of.get(key),
          base: base?.get(key),
          isCovered: upSince <= at - condition.windowMinutes * MINUTE_MS,
        }),
      )
      const isBreached = combine(
        rule.match,
        judged.map(({ isMet }) => isMet),
      )
      const verdict = isBreached === null ? 'unknown' : isBreached ? 'breached' : 'well'
      if (verdict !== 'breached' && rule.splitBy !== 'none' && !tracked.has(key)) continue
      readings.push({
        labels: labelsOf(rule.splitBy, key),
        verdict,
        value: judged[0]?.value ?? null,
        hasData: judged.every(({ hasData }) => hasData),
        key,
        samples: measured[0]?.now.get(key)?.samples ?? 0,
      })
    }
    const isTracked = ({ key }: { key: string }) => rule.splitBy === 'none' || tracked.has(key)
    const others = readings
      .filter((reading) => !isTracked(reading))
      // The largest first, so that those that are left out are the least.
      .sort((a, b) => b.samples - a.samples || (a.key < b.key ? -1 : 1))
    const room = Math.max(0, LIMITS.alertInstances - tracked.size)
    const kept = [...readings.filter(isTracked), ...others.slice(0, room)]
    return {
      readings: kept.map(({ key: _key, samples: _samples, ...reading }) => reading),
      leftOut: Math.max(0, others.length - room),
    }
  }

  /** What a condition measures, by the values that its rule is split by, or of all of them alike. */
  #valuesOf(rule: MeasuredRule, condition: Condition): Measured {
    const { metric, budgetId, compareTo } = condition
    if (metric === 'budgetUsedPercent') {
      const percent = this.#request.budgets[budgetId ?? '']
      if (percent === undefined) throw new Error('The budget of a condition is not there any more.')
      return { condition, now: new Map(), base: undefined, ofAll: { value: percent, samples: Infinity } }
    }
    const now = this.#once(rule, condition, undefined)
    const base = compareTo && this.#once(rule, condition, compareTo)
    return { condition, now, base, ofAll: undefined }
  }

  /** What several rules ask alike is computed once. */
  #once(
    rule: MeasuredRule,
    condition: Condition,
    compareTo: Condition['compareTo'],
  ): Map<string, Measurement> {
    const { metric, windowMinutes, errorType } = condition
    const { filter, splitBy } = rule
    const key = JSON.stringify([metric, windowMinutes, errorType, filter, splitBy, compareTo])
    let measured = this.#measured.get(key)
    if (!measured) this.#measured.set(key, (measured = this.#compute(rule, condition, compareTo)))
    return measured
  }

  #compute(
    rule: MeasuredRule,
    condition: Condition,
    compareTo: Condition['compareTo'],
  ): Map<string, Measurement> {
    const lengthMs = condition.windowMinutes * MINUTE_MS
    const to = this.#request.at - (compareTo ? COMPARED_MS[compareTo] : 0)
    const window = { from: to - lengthMs, to }
    if (isOfFeedback(condition)) return feedbackMetric(this.#database, rule, condition, window)
    const level = levelOf(rule, condition)
    const needsCalls = level === 'usersMs' || condition.metric === 'ttftP95Ms'
    const groups = compareTo
      ? this.#grouped(`${compareTo}/${needsCalls}/${lengthMs}`, rule, condition, (name) =>
          this.#baseTotals(name, { ...window, needsCalls }),
        )
      : this.#grouped(`${level}/${lengthMs}`, rule, condition, () => this.#window(level, lengthMs))
    return new Map(
      [...groups].map(([key, group]) => [
        key,
        { value: callMetric(condition, group), samples: group.totals.requests },
      ]),
    )
  }

  #baseTotals(name: string, window: BaseWindow): LabelTotals[] {
    let totals = this.#bases.get(name)
    if (!totals) this.#bases.set(name, (totals = baseTotals(this.#database, window)))
    return totals
  }

  #window(level: keyof Reach, lengthMs: number): LabelTotals[] {
    const windows = this.#windows[level]
    if (windows) return windows.get(lengthMs) ?? []
    throw new Error(
      'There are too many users with calls to tell them apart for so long. Choose a shorter window, or do not split by user.',
    )
  }

  #grouped(
    window: string,
    rule: MeasuredRule,
    condition: Condition,
    totals: (window: string) => readonly LabelTotals[],
  ): Map<string, GroupTotals> {
    const { errorType } = condition
    const needs = needsOf(condition)
    const key = JSON.stringify([window, rule.filter, rule.splitBy, errorType, needs])
    let groups = this.#groups.get(key)
    if (!groups) {
      groups = groupTotals(totals(window), { ...rule, errorType, needs })
      this.#groups.set(key, groups)
    }
    return groups
  }

  /** Values of the label that a rule is split by which had calls lately, of those it looks at. */
  #knownValues(rule: MeasuredRule): string[] {
    const condition = rule.conditions.find(isOfCalls)
    if (!condition) return []
    const level = levelOf(rule, condition)
    const groups = this.#grouped(`${level}/${KNOWN_FOR_MS}`, rule, { ...condition, metric: 'requests' }, () =>
      this.#window(level, KNOWN_FOR_MS),
    )
    return [...groups.keys()]
  }
}

/** True and false are known, null is not: what is known already may decide all the same. */
function combine(match: MeasuredRule['match'], isMet: readonly (boolean | null)[]): boolean | null {
  const deciding = match === 'any'
  if (isMet.includes(deciding)) return deciding
  return isMet.includes(null) ? null : !deciding
}

/** The value of the label of an instance; '' without one. */
function keyOf(labels: InstanceLabels): string {
  return Object.values(labels)[0] ?? ''
}

function labelsOf(splitBy: MeasuredRule['splitBy'], key: string): InstanceLabels {
  return splitBy === 'none' ? {} : { [splitBy]: key }
}

/** The instances with the most calls in the day before `at`, the largest first; the one of a rule that is not split. */
export function largestInstances(
  cells: ArrivedCells,
  rule: MeasuredRule,
  at: number,
  limit: number,
): InstanceLabels[] {
  if (splitOf(rule) === 'none') return [{}]
  const condition = rule.conditions.find(isOfCalls)
  const ofLevel = condition && levelOf(rule, condition) === 'labelsMs' ? cells.labels : cells.users
  if (!condition || !ofLevel) return []
  const groups = groupTotals(ofLevel.totals(at, [DAY_MS]).get(DAY_MS) ?? [], {
    ...rule,
    errorType: undefined,
    needs: { durations: false, ttfts: false },
  })
  return [...groups]
    .sort(([a, one], [b, other]) => other.totals.requests - one.totals.requests || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([key]) => labelsOf(rule.splitBy, key))
}

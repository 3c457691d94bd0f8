import type { Condition } from '#shared/contract/alerts/rules.ts'
import { LIMITS } from '#shared/limits.ts'
import type {
  InstanceLabels,
  RecordPoint,
  StoredAlertRecord,
  StoredAlertRule,
} from '../store/alerts/alert-changes.ts'
import type { Reading } from '../store/alerts/rule-readings.ts'
import type { AlertDraft } from './alert-book.ts'
import { instanceKey, newId } from './alert-book.ts'
import { endEpisode } from './end-episodes.ts'
import type { EngineTime } from './machine.ts'
import { step } from './machine.ts'

/** A check, as instances see it. */
export interface Check {
  /** The slot, epoch ms. */
  at: number
  intervalMs: number
  time: EngineTime
  /** When what begins to fire is told of at the earliest, epoch ms. */
  firstFlushAt: number
  /** What a rule that is not split measured lately. */
  before: readonly Pick<RecordPoint, 't' | 'value'>[]
}

const MINUTE_MS = 60_000

/** Takes the instances of a rule further by what was measured: their states, records and what is to be told of them. */
export function applyReadings(
  draft: AlertDraft,
  rule: StoredAlertRule,
  readings: readonly Reading[],
  check: Check,
): void {
  for (const reading of readings) applyReading(draft, rule, reading, check)
}

function applyReading(draft: AlertDraft, rule: StoredAlertRule, reading: Reading, check: Check): void {
  const { at, time } = check
  const { labels, verdict } = reading
  const key = instanceKey(rule.id, labels)
  const instance = draft.instances.get(key)
  const patience = {
    forMs: rule.forMinutes * MINUTE_MS,
    keepFiringMs: rule.keepFiringForMinutes * MINUTE_MS,
  }
  const { state, transition } = step(instance?.state ?? null, verdict, patience, time)
  let record = instance && draft.records.get(instance.recordId)
  switch (transition) {
    case 'calms':
      if (instance) endEpisode(draft, instance, { resolvedAt: null, resolvedBy: null, note: '' })
      return
    case 'waits':
      // What was pending before a long break begins anew.
      if (record) draft.records.delete(record.id)
      record = newRecord(rule, reading, at)
      break
    case 'fires':
      record = {
        ...(record ?? newRecord(rule, reading, at)),
        ...snapshotOf(rule),
        state: 'firing',
        firedAt: at,
      }
      draft.beginGroup(rule, check.firstFlushAt)
      break
    case 'relapses':
      if (record) record = { ...record, state: 'firing' }
      break
    case 'recovers':
      if (record) record = { ...record, state: 'recovering' }
      break
    case 'holds':
    case 'resolves':
      break
  }
  if (!record) return
  if (record.id !== instance?.recordId) {
    for (const point of check.before) draft.points.push({ recordId: record.id, ...point })
  }
  // What a changed rule measures may be something else: then it is no value of this record.
  const isSame = measureOf(record.rule) === measureOf(rule)
  const measured = isSame ? withValue(record, reading.value, rule.conditions[0]) : record
  if (measured !== draft.records.get(measured.id)) draft.records.set(measured.id, measured)
  if (isSame) addPoint(draft, measured, reading.value, check)
  if (transition === 'resolves') {
    endEpisode(
      draft,
      { ruleId: rule.id, labels, recordId: record.id },
      { resolvedAt: at, resolvedBy: 'auto', note: '' },
    )
  } else if (state && state !== instance?.state) {
    draft.instances.set(key, { ruleId: rule.id, labels, recordId: record.id, state })
  }
}

function newRecord(rule: StoredAlertRule, { labels, value }: Reading, at: number): StoredAlertRecord {
  return {
    id: newId(),
    ...snapshotOf(rule),
    labels,
    state: 'pending',
    isAcknowledged: false,
    isRead: false,
    startedAt: at,
    firedAt: null,
    resolvedAt: null,
    resolvedBy: null,
    note: '',
    firstValue: value,
    worstValue: value,
    lastValue: value,
  }
}

/** The rule as it is, for a record to keep. */
function snapshotOf(
  rule: StoredAlertRule,
): Pick<StoredAlertRecord, 'rule' | 'ruleId' | 'ruleName' | 'severity' | 'metric' | 'threshold'> {
  const [condition] = rule.conditions
  return {
    rule,
    ruleId: rule.id,
    ruleName: rule.name,
    severity: rule.severity,
    metric: condition?.metric ?? '',
    threshold: condition?.threshold ?? 0,
  }
}

/** What the values of a rule are. */
function measureOf({ conditions: [condition] }: StoredAlertRule): string {
  return `${condition?.metric}/${condition?.compareTo}`
}

/** @returns the record itself if nothing changed. */
function withValue(
  record: StoredAlertRecord,
  value: number | null,
  condition: Condition | undefined,
): StoredAlertRecord {
  const isLow = condition?.comparison === 'lt' || condition?.comparison === 'lte'
  const { worstValue } = record
  const worst =
    value === null || worstValue === null
      ? (worstValue ?? value)
      : isLow
        ? Math.min(worstValue, value)
        : Math.max(worstValue, value)
  if (worst === worstValue && value === record.lastValue) return record
  return { ...record, firstValue: record.firstValue ?? value, worstValue: worst, lastValue: value }
}

/** Notes a value of the episode; the longer it lasts, the further its points lie apart. */
function addPoint(
  draft: AlertDraft,
  { id, startedAt }: StoredAlertRecord,
  value: number | null,
  { at, intervalMs }: Check,
): void {
  const stepAt = (time: number) => {
    let stepMs = intervalMs
    while ((time - startedAt) / stepMs > LIMITS.alertRecordPoints) stepMs *= 2
    return stepMs
  }
  const stepMs = stepAt(at)
  if (at === startedAt || at % stepMs === 0) draft.points.push({ recordId: id, t: at, value })
  if (stepMs !== stepAt(at - intervalMs)) draft.thinned.push({ recordId: id, stepMs })
}

/** The labels of the instance that stands for a rule which cannot be measured. */
const BROKEN_LABELS: InstanceLabels = { health: 'error' }

export function isOfBrokenRule({ labels }: { labels: InstanceLabels }): boolean {
  return 'health' in labels
}

/** Raises that a rule cannot be measured, in the app; its instances stay as they are. */
export function raiseBroken(
  draft: AlertDraft,
  rule: StoredAlertRule,
  error: string,
  at: number,
): StoredAlertRecord | null {
  const key = instanceKey(rule.id, BROKEN_LABELS)
  if (draft.instances.get(key)) return null
  const reading = { labels: BROKEN_LABELS, verdict: 'breached', value: null, hasData: false } as const
  const record: StoredAlertRecord = {
    ...newRecord(rule, reading, at),
    state: 'firing',
    firedAt: at,
    note: error,
  }
  draft.records.set(record.id, record)
  draft.instances.set(key, {
    ruleId: rule.id,
    labels: BROKEN_LABELS,
    recordId: record.id,
    state: { phase: 'firing' },
  })
  return record
}

/** Resolves that a rule cannot be measured. */
export function mendBroken(draft: AlertDraft, rule: StoredAlertRule, at: number): void {
  const instance = draft.instances.get(instanceKey(rule.id, BROKEN_LABELS))
  if (!instance) return
  const note = draft.records.get(instance.recordId)?.note ?? ''
  endEpisode(draft, instance, { resolvedAt: at, resolvedBy: 'auto', note })
}

import type { NewAlertRule } from '#shared/contract/alerts/rules.ts'
import type { InstanceLabels } from './alert-changes.ts'

/** What of a rule says what is measured. */
export type MeasuredRule = Pick<
  NewAlertRule,
  'match' | 'conditions' | 'filter' | 'splitBy' | 'minSamples' | 'noData'
>

export interface MeasureRequest {
  /** Where windows end, epoch ms; a multiple of `slotMs`. */
  at: number
  /** Windows begin and end with slots so wide; it divides a minute. */
  slotMs: number
  /** The collector has taken calls without a break since then, epoch ms. */
  upSince: number
  rules: readonly (MeasuredRule & {
    id: string
    /** Instances that are asked about whatever they measure. */
    tracked: readonly InstanceLabels[]
  })[]
  /** How much of each budget is used, in percent, by its id. */
  budgets: Readonly<Record<string, number>>
}

/** What a rule says of one instance. */
export interface Reading {
  labels: InstanceLabels
  /** unknown: it stays as it is. */
  verdict: 'breached' | 'well' | 'unknown'
  /** Of the rule's first condition. */
  value: number | null
  hasData: boolean
}

export type RuleReadings = { ruleId: string } & (
  | {
      ok: true
      /** Of what is breached, of what was asked about, and of the one instance of a rule that is not split. */
      readings: Reading[]
      /** Instances that are breached, too, and beyond what a rule may have. */
      leftOut: number
    }
  | { ok: false; error: string }
)

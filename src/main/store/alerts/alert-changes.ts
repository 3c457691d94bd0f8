import type { AlertRecord } from '#shared/contract/alerts/records.ts'
import type { AlertRule } from '#shared/contract/alerts/rules.ts'
import type { Silence } from '#shared/contract/alerts/silences.ts'
import type { AlertTables } from './tables.ts'

export type StoredAlertRule = Omit<AlertRule, 'status'>

/** The labels of an instance: none, or one that its rule is split by. */
export type InstanceLabels = AlertRecord['labels']

/** An instance of a rule that is further than `inactive`. */
export interface StoredInstance {
  ruleId: string
  labels: InstanceLabels
  /** What the state machine goes on with; it is for the domain to read. */
  state: unknown
}

/** A firing episode, with the rule as it was. */
export type StoredAlertRecord = Omit<AlertRecord, 'isSilenced' | 'notifications'> & { rule: StoredAlertRule }

export type StoredSilence = Omit<Silence, 'state'>

/** A value of the course of an episode. */
export interface RecordPoint {
  recordId: string
  /** epoch ms */
  t: number
  value: number | null
}

/** A notification on its way into the outbox. */
export interface NewDelivery {
  id: string
  channelId: string
  ruleId: string
  event: AlertTables['alert_delivery']['event']
  /** What it says. */
  payload: unknown
  /** Records that it is about. */
  recordIds: readonly string[]
  status: 'queued' | 'suppressed'
  /** Why it is suppressed. */
  reason: string | null
  /** epoch ms */
  createdAt: number
}

/** What changes together, in one transaction. What is put takes the place of what was there by the same key. */
export interface AlertChanges {
  rules?: readonly StoredAlertRule[]
  removedRules?: readonly string[]
  instances?: readonly StoredInstance[]
  removedInstances?: readonly Pick<StoredInstance, 'ruleId' | 'labels'>[]
  /** By the id of their rule. */
  groups?: readonly { ruleId: string; state: unknown }[]
  removedGroups?: readonly string[]
  records?: readonly StoredAlertRecord[]
  removedRecords?: readonly string[]
  points?: readonly RecordPoint[]
  /** Of a record's points, those at multiples of the step stay, and the first. */
  thinned?: readonly { recordId: string; stepMs: number }[]
  silences?: readonly StoredSilence[]
  removedSilences?: readonly string[]
  deliveries?: readonly NewDelivery[]
  /** Where the engine stands; for the domain to read. */
  engine?: unknown
  /** Records that were seen. */
  read?: 'all' | readonly string[]
}

/** What alerts go on with after a restart. */
export interface StoredAlerts {
  /** What each says is for the domain to read: one of an older version says less. */
  rules: (Pick<StoredAlertRule, 'id' | 'createdAt' | 'updatedAt'> & { definition: unknown })[]
  instances: StoredInstance[]
  groups: { ruleId: string; state: unknown }[]
  /** Those that are not resolved. */
  records: StoredAlertRecord[]
  silences: StoredSilence[]
  engine: unknown
}

import type { Selectable } from 'kysely'
import type { AlertRecord } from '#shared/contract/alerts/records.ts'
import type { Severity } from '#shared/contract/alerts/rules.ts'

interface RuleTable {
  id: string
  /** JSON text of the rule as it was given */
  definition: string
  created_at: number
  updated_at: number
}

/** An instance that is further than `inactive`. */
interface InstanceTable {
  rule_id: string
  /** JSON text of an object */
  labels: string
  /** JSON text: what the state machine goes on with */
  state: string
}

/** What was told of a rule's records, when and to whom. */
interface GroupTable {
  rule_id: string
  /** JSON text */
  state: string
}

/** One row: where the engine stands. */
interface EngineTable {
  id: 1
  /** JSON text */
  state: string
}

interface RecordTable {
  id: string
  rule_id: string
  /** JSON text: the rule as it was */
  rule: string
  rule_name: string
  severity: Severity
  /** JSON text of an object */
  labels: string
  state: AlertRecord['state']
  is_acknowledged: number
  is_read: number
  started_at: number
  fired_at: number | null
  resolved_at: number | null
  resolved_by: 'auto' | 'user' | null
  note: string
  metric: string
  threshold: number
  first_value: number | null
  worst_value: number | null
  last_value: number | null
}

/** The course of an episode, thinned out when it lasts. */
interface RecordPointTable {
  record_id: string
  t: number
  value: number | null
}

interface SilenceTable {
  id: string
  /** JSON text of an object */
  matchers: string
  starts_at: number
  ends_at: number
  reason: string
}

interface ChannelTable {
  id: string
  type: string
  name: string
  is_enabled: number
  /** JSON text, without the secret */
  config: string
  /** As the operating system has encrypted it. */
  secret: Uint8Array | null
  created_at: number
}

/** The outbox: one notification to one channel. */
interface DeliveryTable {
  id: string
  channel_id: string
  rule_id: string
  event: 'firing' | 'repeat' | 'resolved' | 'unmuted' | 'test'
  /** JSON text of the message */
  payload: string
  status: 'queued' | 'sending' | 'sent' | 'retrying' | 'dead' | 'suppressed'
  reason: string | null
  attempts: number
  last_status: number | null
  created_at: number
  next_attempt_at: number | null
}

/** Which records a notification is about. */
interface DeliveryRecordTable {
  record_id: string
  delivery_id: string
}

/** The tables of alerts. Times are epoch ms. */
export interface AlertTables {
  alert_rule: RuleTable
  alert_instance: InstanceTable
  alert_group: GroupTable
  alert_engine: EngineTable
  alert_record: RecordTable
  alert_record_point: RecordPointTable
  alert_silence: SilenceTable
  alert_channel: ChannelTable
  alert_delivery: DeliveryTable
  alert_delivery_record: DeliveryRecordTable
}

export type AlertRecordRow = Selectable<RecordTable>

import type { AlertRecord } from '#shared/contract/alerts/records.ts'
import type { Condition, Severity } from '#shared/contract/alerts/rules.ts'

/** As a record is shown, without what was sent of it. */
export type AlertMessageRecord = Omit<AlertRecord, 'notifications'>

/** What a notification says; kept with the delivery, so that a retry says the same. */
export interface AlertMessage {
  deliveryId: string
  event: 'firing' | 'repeat' | 'resolved' | 'unmuted' | 'test'
  rule: {
    id: string
    name: string
    description: string
    severity: Severity
    /** Of its first condition: then values are changes in percent. */
    compareTo?: Condition['compareTo']
  }
  /** As `AlertRecord`, without its notifications; at most 20, the rest is counted. */
  records: AlertMessageRecord[]
  /** Records that the event is about, those beyond `records` included. */
  recordCount: number
  /** From the rule's template, fields filled in; null: the console's own words, in the user's language at sending. */
  text: string | null
  /** epoch ms */
  createdAt: number
}

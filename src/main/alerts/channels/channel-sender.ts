import type { NotificationReason } from '#shared/contract/alerts/notification-reasons.ts'
import type { AlertMessage } from '../message.ts'
import type { Wording } from '../wording/describe-message.ts'

/** Why it was not sent: a code, and after a colon what the other side said. */
export type Reason = NotificationReason | `${NotificationReason}: ${string}`

/** What became of one attempt. */
export type SendResult =
  /** With a reason if some of several recipients were refused. */
  | { outcome: 'sent'; lastStatus?: number; reason?: Reason }
  | { outcome: 'retry'; reason: Reason; lastStatus?: number; retryAfterMs?: number }
  | { outcome: 'dead'; reason: Reason; lastStatus?: number }
  | { outcome: 'suppressed'; reason: Reason }

export interface SendContext extends Wording {
  signal: AbortSignal
  /** epoch ms */
  now: () => number
}

/** One way of notifying. It never throws, and never puts a secret into a reason. */
export interface ChannelSender {
  send(message: AlertMessage, context: SendContext): Promise<SendResult>
}

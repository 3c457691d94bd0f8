import type { AlertMessage } from '../message.ts'
import type { VendorVerdict } from './judge-answer.ts'
import type { SendContext } from './channel-sender.ts'

/** Where a webhook goes, secrets included. */
export interface WebhookSettings {
  url: string
  /** '': not signed. */
  secret: string
  headers: Record<string, string>
  allowPrivateAddresses: boolean
  /** Of the generic one only. */
  bodyTemplate: string
}

export interface WebhookRequest {
  url: string
  headers?: Record<string, string>
  body: string
}

/** How one product wants to be spoken to. */
export interface WebhookDialect {
  write(message: AlertMessage, settings: WebhookSettings, context: SendContext): WebhookRequest
  /** Absent: the status says it all. */
  readVerdict?: (body: string) => VendorVerdict
}

import type { SMTPServerOptions } from 'smtp-server'
import { onTestFinished } from 'vitest'
import type { MailServer } from '../../../receivers/mail-server.ts'
import { openMailServer } from '../../../receivers/mail-server.ts'
import type { Respond, WebhookServer } from '../../../receivers/webhook-server.ts'
import { openWebhookServer } from '../../../receivers/webhook-server.ts'

/** Receives mail until the test ends. */
export async function startMailServer(options?: SMTPServerOptions): Promise<MailServer> {
  const server = await openMailServer(options)
  onTestFinished(server.close)
  return server
}

/** Receives webhooks until the test ends, and answers as told. */
export async function startWebhookServer(respond?: Respond): Promise<WebhookServer> {
  const server = await openWebhookServer(respond)
  onTestFinished(server.close)
  return server
}

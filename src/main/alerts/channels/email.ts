import { LIMITS } from '#shared/limits.ts'
import type { ChannelSender, Reason, SendResult } from './channel-sender.ts'
import { isCertificateProblem } from './guarded-post.ts'
import { mailContent } from './mail-content.ts'
import { reasonWith } from './reason.ts'

export interface EmailSettings {
  host: string
  port: number
  /** starttls: nothing is sent without; none: everything is sent in the clear. */
  security: 'starttls' | 'tls' | 'none'
  /** '': no login. */
  username: string
  password: string
  from: string
  to: string[]
}

/** What tests stand in for. */
export interface EmailOptions {
  /** PEM, trusted instead of the system's. */
  ca?: string
  timeoutMs?: number
}

/**
 * Sends messages by SMTP. With `starttls` a server that offers none, or a failed handshake, ends the attempt before
 * anything of the message or the password is sent; there is no way down. The message id is the delivery's, so that a
 * message which comes twice can be told.
 */
export function emailSender(settings: EmailSettings, options: EmailOptions = {}): ChannelSender {
  const { host, port, security, username, password } = settings
  return {
    async send(message, { signal, ...wording }) {
      // Loaded with the first mail: it is large, and a start would wait for it.
      const { createTransport } = await import('nodemailer')
      const deadline = AbortSignal.timeout(options.timeoutMs ?? LIMITS.mailTimeoutMs)
      const transport = createTransport({
        host,
        port,
        secure: security === 'tls',
        requireTLS: security === 'starttls',
        ignoreTLS: security === 'none',
        tls: { minVersion: 'TLSv1.2', ...(options.ca === undefined ? {} : { ca: options.ca }) },
        connectionTimeout: LIMITS.notificationTimeoutMs,
        greetingTimeout: LIMITS.notificationTimeoutMs,
        socketTimeout: LIMITS.notificationTimeoutMs,
        // Nothing that a rule or a label says makes it read a file or fetch an address.
        disableFileAccess: true,
        disableUrlAccess: true,
        ...(username === '' ? {} : { auth: { user: username, pass: password } }),
      })
      try {
        const mail = mailContent(message, settings, wording)
        const info = await transport.sendMail({ ...mail, signal: AbortSignal.any([signal, deadline]) })
        const lastStatus = statusOf(info.response)
        const refused = info.rejected.length
        return {
          outcome: 'sent',
          ...(lastStatus === undefined ? {} : { lastStatus }),
          ...(refused === 0 ? {} : { reason: partly(refused, settings.to.length) }),
        }
      } catch (error) {
        if (deadline.aborted) return { outcome: 'retry', reason: 'timeout' }
        if (signal.aborted) return { outcome: 'retry', reason: 'interrupted' }
        return judgeMailError(error, [password, username])
      } finally {
        transport.close()
      }
    },
  }
}

/** RFC 5321, section 4.2.1: 4yz may be taken later, 5yz never. */
function judgeMailError(error: unknown, secrets: readonly string[]): SendResult {
  const { code, responseCode, response } = readMailError(error)
  const lastStatus = responseCode ?? statusOf(response)
  const answered = lastStatus === undefined ? {} : { lastStatus }
  if (isCertificateProblem(code)) return { outcome: 'dead', reason: `certificate: ${code}` }
  if (code === 'ETLS') return { outcome: 'dead', reason: 'no-encryption', ...answered }
  if (lastStatus !== undefined && lastStatus >= 500) {
    const kind = code === 'EAUTH' ? 'login' : 'refused'
    return { outcome: 'dead', reason: reasonWith(kind, response, secrets), ...answered }
  }
  if (lastStatus !== undefined && lastStatus >= 400)
    return { outcome: 'retry', reason: reasonWith('answer', response, secrets), ...answered }
  // Nothing was answered: it asks for another way to log in than there is.
  if (code === 'EAUTH') return { outcome: 'dead', reason: 'login' }
  return { outcome: 'retry', reason: code === '' ? 'network' : `network: ${code}` }
}

function readMailError(error: unknown): { code: string; responseCode?: number; response: string } {
  const fields: Record<string, unknown> = { ...(error instanceof Error ? error : {}) }
  const textOf = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '')
  const { responseCode } = fields
  return {
    // Of a failed handshake or connection; nodemailer's own says which part of it failed.
    code: textOf('originalCode') || textOf('code'),
    response: textOf('response'),
    ...(typeof responseCode === 'number' ? { responseCode } : {}),
  }
}

function statusOf(response: string | undefined): number | undefined {
  const digits = /^(\d{3})\b/.exec(response ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function partly(refused: number, all: number): Reason {
  return `refused: ${refused}/${all}`
}

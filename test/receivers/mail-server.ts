import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SMTPServerOptions } from 'smtp-server'
import { SMTPServer } from 'smtp-server'

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')

/** Of a certificate for localhost that nobody else trusts. */
export const LOCAL_CERTIFICATE = fixture('localhost.cert.pem')

export interface ReceivedMail {
  from: string
  to: string[]
  isEncrypted: boolean
  user: string | undefined
  /** As it was sent: headers and body. */
  source: string
}

export interface MailServer {
  port: number
  received: ReceivedMail[]
  /** Logins that were tried, with the password. */
  logins: { user: string; password: string; isEncrypted: boolean }[]
  close: () => Promise<void>
}

/** Receives mail on loopback until it is closed. */
export async function openMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = []
  const logins: MailServer['logins'] = []
  const server = new SMTPServer({
    key: fixture('localhost.key.pem'),
    cert: LOCAL_CERTIFICATE,
    authOptional: true,
    onAuth(login, session, done) {
      const user = login.username ?? ''
      const password = login.password ?? ''
      logins.push({ user, password, isEncrypted: session.secure })
      if (password === 'right') done(null, { user })
      else done(Object.assign(new Error('Wrong user or password'), { responseCode: 535 }))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        received.push({
          from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
          to: session.envelope.rcptTo.map(({ address }) => address),
          isEncrypted: session.secure,
          user: typeof session.user === 'string' ? session.user : undefined,
          source: Buffer.concat(chunks).toString('utf8'),
        })
        done()
      })
    },
    ...options,
  })
  // A client that goes away in the middle.
  server.on('error', () => undefined)
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const address = listening.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    received,
    logins,
    close: () => new Promise((closed) => server.close(() => closed())),
  }
}

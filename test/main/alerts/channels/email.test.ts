import { createServer } from 'node:net'
import { once } from 'node:events'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { EmailOptions, EmailSettings } from '../../../../src/main/alerts/channels/email.ts'
import { emailSender } from '../../../../src/main/alerts/channels/email.ts'
import { escapeHtml, mailContent } from '../../../../src/main/alerts/channels/mail-content.ts'
import { makeContext, makeMessage, makeRecord } from '../make-message.ts'
import { LOCAL_CERTIFICATE } from '../../../receivers/mail-server.ts'
import { startMailServer } from './receivers.ts'

function settings(given: Partial<EmailSettings> = {}): EmailSettings {
  return {
    host: 'localhost',
    port: 25,
    security: 'starttls',
    username: '',
    password: '',
    from: 'LLMOps Console <console@example.com>',
    to: ['ops@example.com', '运维 <lead@example.com>'],
    ...given,
  }
}

const send = (given: Partial<EmailSettings>, options: EmailOptions = { ca: LOCAL_CERTIFICATE }) =>
  emailSender(settings(given), options).send(makeMessage(), makeContext())

test('a mail goes over STARTTLS to all its recipients, as text and as HTML', async () => {
  const { port, received, logins } = await startMailServer()
  expect(await send({ port, username: 'ops', password: 'right' })).toEqual({
    outcome: 'sent',
    lastStatus: 250,
  })
  expect(logins).toEqual([{ user: 'ops', password: 'right', isEncrypted: true }])
  const [mail] = received
  expect(mail).toMatchObject({
    from: 'console@example.com',
    to: ['ops@example.com', 'lead@example.com'],
    isEncrypted: true,
    user: 'ops',
  })
  expect(mail?.source).toContain('Message-ID: <delivery-1@llmops-console.invalid>')
  expect(mail?.source).toContain('X-Llmops-Delivery: delivery-1')
  expect(mail?.source).toContain('Content-Type: text/plain; charset=utf-8')
  expect(mail?.source).toContain('Content-Type: text/html; charset=utf-8')
})

test('implicit TLS works as well', async () => {
  const { port, received } = await startMailServer({ secure: true })
  expect(await send({ port, security: 'tls' })).toMatchObject({ outcome: 'sent' })
  expect(received).toMatchObject([{ isEncrypted: true }])
})

test('a server without STARTTLS gets neither password nor message', async () => {
  const { port, received, logins } = await startMailServer({ disabledCommands: ['STARTTLS'] })
  expect(await send({ port, username: 'ops', password: 'right' })).toMatchObject({
    outcome: 'dead',
    reason: 'no-encryption',
  })
  expect([received, logins]).toEqual([[], []])
})

test('a certificate that is not trusted ends it, and does not lead to sending in the clear', async () => {
  const { port, received } = await startMailServer()
  for (const security of ['starttls', 'tls'] as const) {
    const server = security === 'tls' ? await startMailServer({ secure: true }) : { port }
    const result = await send({ port: server.port, security }, {})
    expect(result).toMatchObject({
      outcome: 'dead',
      reason: expect.stringMatching(/^certificate: /) as string,
    })
  }
  expect(received).toEqual([])
})

test('in the clear only when the user says so for this host', async () => {
  const { port, received } = await startMailServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
  })
  expect(await send({ port, security: 'none', username: 'ops', password: 'right' })).toMatchObject({
    outcome: 'sent',
  })
  expect(received).toMatchObject([{ isEncrypted: false, user: 'ops' }])
})

test('a wrong password is final, and is not in the reason', async () => {
  const { port } = await startMailServer()
  expect(await send({ port, username: 'ops', password: 'wr0ng-password' })).toEqual({
    outcome: 'dead',
    reason: 'login: 535 Wrong user or password',
    lastStatus: 535,
  })
})

test.each([
  [451, { outcome: 'retry', lastStatus: 451, reason: 'answer: 451 Not now' }],
  [421, { outcome: 'retry', lastStatus: 421 }],
  [554, { outcome: 'dead', lastStatus: 554, reason: 'refused: 554 Not now' }],
])('a message refused with %i: %o', async (responseCode, expected) => {
  const { port } = await startMailServer({
    onData(stream, _session, done) {
      stream.resume().on('end', () => done(Object.assign(new Error('Not now'), { responseCode })))
    },
  })
  expect(await send({ port })).toMatchObject(expected)
})

test('one recipient who is refused does not keep it from the others', async () => {
  const { port, received } = await startMailServer({
    onRcptTo(address, _session, done) {
      if (address.address === 'lead@example.com')
        done(Object.assign(new Error('No such user'), { responseCode: 550 }))
      else done()
    },
  })
  expect(await send({ port })).toMatchObject({ outcome: 'sent', reason: 'refused: 1/2' })
  expect(received).toMatchObject([{ to: ['ops@example.com'] }])
})

test('a server that is not there, or says nothing, is tried again', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => void silent.close())
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  expect(await send({ port }, { timeoutMs: 100 })).toEqual({ outcome: 'retry', reason: 'timeout' })
  const { port: gone } = await new Promise<{ port: number }>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const found = server.address()
      server.close(() => resolve({ port: typeof found === 'object' && found !== null ? found.port : 0 }))
    })
  })
  expect(await send({ port: gone })).toMatchObject({
    outcome: 'retry',
    reason: expect.stringMatching(/^network/) as string,
  })
})

test('no name or label can add a header or a recipient', async () => {
  const { port, received } = await startMailServer()
  const evil = 'x\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script>'
  const message = makeMessage({
    rule: { id: 'r', name: evil, description: evil, severity: 'info' },
    records: [makeRecord({ labels: { app: evil } })],
  })
  await emailSender(settings({ port }), { ca: LOCAL_CERTIFICATE }).send(message, makeContext())
  expect(received).toMatchObject([{ to: ['ops@example.com', 'lead@example.com'] }])
  const [head = ''] = received[0]?.source.split('\r\n\r\n') ?? []
  expect(head).not.toMatch(/^Bcc/im)
  const [, htmlPart = ''] = received[0]?.source.split('text/html') ?? []
  expect(htmlPart).not.toContain('<script>')
})

test('whatever is written, its HTML has the tags of the console only', () => {
  const tags = (html: string) => html.match(/<[^>]*>/g) ?? []
  const html = (text: string) => mailContent(makeMessage({ text }), settings(), makeContext()).html
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const inOneLine = `x${text.replace(/[\r\n]/g, ' ')}`
      expect(tags(html(inOneLine))).toEqual(tags(html('plain')))
    }),
  )
  expect(escapeHtml(`<a href="x" b='y'>&`)).toBe('&#60;a href=&#34;x&#34; b=&#39;y&#39;&#62;&#38;')
})

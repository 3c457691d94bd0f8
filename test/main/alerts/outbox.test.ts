import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { ChannelSender, SendResult } from '../../../src/main/alerts/channels/channel-sender.ts'
import type { AlertMessage } from '../../../src/main/alerts/message.ts'
import type { OutboxOptions } from '../../../src/main/alerts/outbox.ts'
import { startOutbox } from '../../../src/main/alerts/outbox.ts'
import type { Store } from '../../../src/main/store/store.ts'
import { openStore } from '../../../src/main/store/store.ts'
import { temporaryFolder } from '../../scripts/temporary-folder.ts'
import { recordingLog } from '../../start-console.ts'
import { eventually } from '../eventually.ts'
import { startWebhookServer } from './channels/receivers.ts'
import { makeMessage, NOW } from './make-message.ts'

// One for all: it takes longer to open than these tests take.
const sharedDataDir = mkdtempSync(join(tmpdir(), 'llmops-outbox-'))
let store: Store
beforeAll(async () => {
  store = await openStore({ dataDir: sharedDataDir })
})
afterAll(async () => {
  await store.close()
  rmSync(sharedDataDir, { recursive: true, force: true })
})
afterEach(() => {
  const database = new SqliteDatabase(join(sharedDataDir, 'llmops.sqlite'))
  database.exec('delete from alert_delivery')
  database.close()
})

const rows = () => readRows(sharedDataDir)

interface DeliveryRow {
  id: string
  status: string
  reason: string | null
  attempts: number
  last_status: number | null
  next_attempt_at: number | null
}

function readRows(dataDir: string): DeliveryRow[] {
  const database = new SqliteDatabase(join(dataDir, 'llmops.sqlite'), { readonly: true })
  const rows = database.prepare('select * from alert_delivery order by rowid').all() as DeliveryRow[]
  database.close()
  return rows
}

async function queue(
  into: Store,
  deliveries: { id: string; channelId?: string; ruleId?: string }[],
  createdAt = NOW,
) {
  await into.writeAlerts({
    deliveries: deliveries.map(({ id, channelId = 'hook', ruleId = 'rule-1' }) => ({
      id,
      channelId,
      ruleId,
      event: 'firing' as const,
      payload: makeMessage({ deliveryId: id }),
      recordIds: [],
      status: 'queued' as const,
      reason: null,
      createdAt,
    })),
  })
}

/** A channel that notes what it was given and answers as told. */
function fakeSender(answer: (message: AlertMessage, count: number) => SendResult | Promise<SendResult>) {
  const sent: string[] = []
  const sender: ChannelSender = {
    async send(message) {
      sent.push(message.deliveryId)
      return answer(message, sent.length)
    },
  }
  return { sender, sent }
}

function options(senderOf: OutboxOptions['senderOf']): Omit<OutboxOptions, 'store'> {
  return {
    senderOf,
    wording: () => ({ language: 'en', currency: 'USD' }),
    onAttempt: () => undefined,
    now: () => NOW,
    random: () => 0.5,
    log: recordingLog(),
  }
}

async function startForTest(senderOf: OutboxOptions['senderOf'], given: Partial<OutboxOptions> = {}) {
  const outbox = await startOutbox({ store, ...options(senderOf), ...given })
  onTestFinished(() => outbox.close())
  return outbox
}

const always =
  (sender: ChannelSender): OutboxOptions['senderOf'] =>
  async () =>
    sender
const sent: SendResult = { outcome: 'sent', lastStatus: 200 }
const later: SendResult = { outcome: 'retry', reason: 'answer', lastStatus: 503 }

test('sends what is queued, and notes attempts and answer', async () => {
  await queue(store, [{ id: 'a' }, { id: 'b', ruleId: 'rule-2' }])
  const hook = fakeSender(() => sent)
  const attempts: string[] = []
  const outbox = await startForTest(always(hook.sender), {
    onAttempt: (channelId, { status }) => void attempts.push(`${channelId} ${status}`),
  })
  outbox.wake()
  await eventually(
    async () => attempts.length,
    (count) => count === 2,
  )
  expect(hook.sent).toEqual(['a', 'b'])
  expect(attempts).toEqual(['hook sent', 'hook sent'])
  expect(rows()).toMatchObject([
    { id: 'a', status: 'sent', attempts: 1, last_status: 200, reason: null, next_attempt_at: null },
    { id: 'b', status: 'sent', attempts: 1 },
  ])
})

test('what fails is tried again under the same id, and others of its rule wait for it', async () => {
  let now = NOW
  await queue(store, [{ id: 'a1' }, { id: 'a2' }, { id: 'b', ruleId: 'rule-2' }])
  const hook = fakeSender(({ deliveryId }, count) => (deliveryId === 'a1' && count < 4 ? later : sent))
  const outbox = await startForTest(always(hook.sender), { now: () => now })
  outbox.wake()
  await eventually(
    async () => rows()[2]?.status,
    (status) => status === 'sent',
  )
  expect(rows()).toMatchObject([
    {
      id: 'a1',
      status: 'retrying',
      reason: 'answer',
      last_status: 503,
      attempts: 1,
      next_attempt_at: NOW + 5_000,
    },
    { id: 'a2', status: 'queued', attempts: 0 },
    { id: 'b', status: 'sent' },
  ])
  now += 5_000
  outbox.wake()
  await eventually(
    async () => rows()[0],
    (row) => row?.attempts === 2 && row.status === 'retrying',
  )
  now += 10_000
  outbox.wake()
  await eventually(
    async () => rows()[1]?.status,
    (status) => status === 'sent',
  )
  expect(hook.sent).toEqual(['a1', 'b', 'a1', 'a1', 'a2'])
})

test('a clock that is put back keeps nothing waiting, and changes no order', async () => {
  let now = NOW
  let isReady = false
  const hook = fakeSender(() => (isReady ? sent : later))
  const statuses = async () => rows().map(({ status }) => status)
  await queue(store, [{ id: 'first' }])
  const outbox = await startForTest(always(hook.sender), { now: () => now })
  outbox.wake()
  await eventually(statuses, ([status]) => status === 'retrying')
  await queue(store, [{ id: 'second' }, { id: 'other', ruleId: 'rule-2' }])
  now -= 5 * 3_600_000
  await queue(store, [{ id: 'third' }], now)
  isReady = true
  outbox.wake()
  await eventually(statuses, (all) => all.every((status) => status === 'sent'))
  expect(hook.sent.filter((id) => id !== 'other')).toEqual(['first', 'first', 'second', 'third'])
})

test('a channel that hangs keeps no other waiting, and has one under way', async () => {
  await queue(store, [
    { id: 'slow-1', channelId: 'slow' },
    { id: 'slow-2', channelId: 'slow', ruleId: 'rule-2' },
    { id: 'quick', channelId: 'quick' },
  ])
  const release = Promise.withResolvers<SendResult>()
  const slow = fakeSender(() => release.promise)
  const quick = fakeSender(() => sent)
  const outbox = await startForTest(async (id) => (id === 'slow' ? slow : quick).sender)
  outbox.wake()
  await eventually(
    async () => rows()[2]?.status,
    (status) => status === 'sent',
  )
  expect(rows().map(({ status }) => status)).toEqual(['sending', 'queued', 'sent'])
  await queue(store, [{ id: 'quick-2', channelId: 'quick' }])
  outbox.wake()
  await eventually(
    async () => quick.sent.length,
    (count) => count === 2,
  )
  expect(slow.sent).toEqual(['slow-1'])
  release.resolve(sent)
  await eventually(
    async () => rows()[1]?.status,
    (status) => status === 'sent',
  )
})

test('what is a day old is not sent any more', async () => {
  await queue(store, [{ id: 'old' }])
  const hook = fakeSender(() => sent)
  const outbox = await startForTest(always(hook.sender), { now: () => NOW + 25 * 3_600_000 })
  outbox.wake()
  await eventually(
    async () => rows()[0]?.status,
    (status) => status === 'dead',
  )
  expect(rows()[0]).toMatchObject({ reason: 'too-old', attempts: 0 })
  expect(hook.sent).toEqual([])
})

test('a channel that is off or gone suppresses what waits for it; one that lost its secret does not', async () => {
  await queue(store, [
    { id: 'gone', channelId: 'gone' },
    { id: 'lost', channelId: 'lost' },
  ])
  const outbox = await startForTest(async (id) =>
    id === 'gone'
      ? { outcome: 'suppressed', reason: 'channel-removed' }
      : { outcome: 'retry', reason: 'secret-lost' },
  )
  outbox.wake()
  await eventually(
    async () => rows()[1]?.status,
    (status) => status === 'retrying',
  )
  expect(rows()).toMatchObject([
    { status: 'suppressed', reason: 'channel-removed', attempts: 0 },
    { status: 'retrying', reason: 'secret-lost', attempts: 1 },
  ])
})

test('a channel that throws is a mistake of ours: it is final, and nothing of it is told', async () => {
  await queue(store, [{ id: 'a' }])
  const log = recordingLog()
  const broken: ChannelSender = {
    send: async () => {
      throw new Error('secret-in-a-message')
    },
  }
  const outbox = await startForTest(always(broken), { log })
  outbox.wake()
  await eventually(
    async () => rows()[0]?.status,
    (status) => status === 'dead',
  )
  expect(rows()[0]?.reason).toBe('failed')
  expect(log.lines.join()).not.toContain('secret-in-a-message')
})

test('closing lets what is being sent end', async () => {
  await queue(store, [{ id: 'a' }, { id: 'b', ruleId: 'rule-2' }])
  const started = Promise.withResolvers<void>()
  const release = Promise.withResolvers<SendResult>()
  const hook = fakeSender(() => {
    started.resolve()
    return release.promise
  })
  const outbox = await startForTest(always(hook.sender))
  outbox.wake()
  await started.promise
  const closed = outbox.close()
  release.resolve(sent)
  await closed
  expect(rows().map(({ status }) => status)).toEqual(['sent', 'queued'])
})

/** As if the process ended here: nothing that comes after is done. */
const ended = () => new Promise<never>(() => undefined)

test.each([
  // Where it ends, how the server answers first, and how often the message arrives in all.
  ['before sending', 200, 1],
  ['after sending', 200, 1],
  ['before sent', 200, 2],
  ['after sent', 200, 1],
  ['before retrying', 503, 2],
  ['after retrying', 503, 2],
  ['before dead', 404, 2],
  ['after dead', 404, 1],
])('ended %s (the answer is %i): it arrives %i times, with one id', async (step, status, times) => {
  await queue(store, [{ id: 'a' }])
  const hook = fakeSender((_message, count): SendResult => {
    if (count > 1 || status === 200) return sent
    return status === 503 ? later : { outcome: 'dead', reason: 'refused', lastStatus: status }
  })
  const hasEnded = Promise.withResolvers<void>()
  const endAt = (here: string): Promise<void> => {
    if (here !== step) return Promise.resolve()
    hasEnded.resolve()
    return ended()
  }
  const first = await startOutbox({
    ...options(always(hook.sender)),
    store: {
      ...store,
      async markDelivery(mark) {
        await endAt(`before ${mark.status}`)
        await store.markDelivery(mark)
        await endAt(`after ${mark.status}`)
      },
    },
  })
  first.wake()
  await hasEnded.promise
  const second = await startForTest(always(hook.sender), { now: () => NOW + 600_000 })
  second.wake()
  const isDone = (found: string | undefined) => found === 'sent' || found === 'dead'
  await eventually(async () => rows()[0]?.status, isDone)
  expect(hook.sent).toEqual(Array.from({ length: times }, () => 'a'))
})

/** Runs an outbox in a process of its own until it has nothing to do, or is killed. */
function startProcess(dataDir: string, url: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'outbox-process.ts'), dataDir, url], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { kill: () => child.kill('SIGKILL'), ended: once(child, 'exit') }
}

test('killed while the other side has the message and says nothing: it arrives twice, with one id', async () => {
  const { dataDir } = await openFolderWith({ id: 'a' })
  const server = await startWebhookServer((_request, response) => {
    if (server.received.length === 1) first.kill()
    else response.end()
  })
  const first = startProcess(dataDir, server.url)
  expect(await first.ended).toEqual([null, 'SIGKILL'])
  expect(readRows(dataDir)).toMatchObject([{ status: 'sending', attempts: 1 }])
  expect(await startProcess(dataDir, server.url).ended).toEqual([0, null])
  const ids = server.received.map(({ headers }) => headers['x-llmops-delivery'])
  expect(ids).toEqual(['a', 'a'])
  expect(readRows(dataDir)).toMatchObject([{ status: 'sent', attempts: 2 }])
})

/** A data folder that a console left behind. */
async function openFolderWith(delivery: { id: string }): Promise<{ dataDir: string }> {
  const dataDir = temporaryFolder()
  const left = await openStore({ dataDir })
  await queue(left, [delivery], Date.now())
  await left.close()
  return { dataDir }
}

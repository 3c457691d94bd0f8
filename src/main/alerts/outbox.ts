import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { DeliveryMark } from '../store/alerts/deliveries.ts'
import type { Store } from '../store/store.ts'
import { afterAttempt, GIVE_UP_AFTER_MS } from './after-attempt.ts'
import type { ChannelSender, SendResult } from './channels/channel-sender.ts'
import type { AlertMessage } from './message.ts'
import type { Wording } from './wording/describe-message.ts'

export interface OutboxOptions {
  store: Pick<Store, 'ask' | 'markDelivery' | 'recoverDeliveries'>
  /** How a channel sends now, or why it does not. */
  senderOf(channelId: string): Promise<ChannelSender | Exclude<SendResult, { outcome: 'sent' }>>
  /** Asked at each sending. */
  wording: () => Wording
  /** Told after each attempt. */
  onAttempt(channelId: string, mark: DeliveryMark): void
  /** epoch ms */
  now: () => number
  /** 0 ≤ x < 1 */
  random: () => number
  log: Log
}

export interface Outbox {
  /** Looks for notifications that are due. */
  wake(): void
  /** Lets what is being sent end, or breaks it off; it is sent again with the next start. */
  close(): Promise<void>
}

/** The clock may be set meanwhile. */
const LONGEST_WAIT_MS = 60_000
/** After the store could not answer. */
const STORE_RETRY_MS = 5_000
/** What is being sent has so long to end before it is broken off. */
const CLOSE_GRACE_MS = 2_000

/**
 * Sends what waits in the outbox. Each channel has a queue of its own with one notification under way, so that a slow one
 * keeps nobody waiting. That an attempt begins is committed before it begins: after a kill, what was being sent is sent
 * once more under the same delivery id, and nothing else is.
 */
export async function startOutbox(options: OutboxOptions): Promise<Outbox> {
  const { store, now, log } = options
  const atWork = new Map<string, Promise<void>>()
  const breakOff = new AbortController()
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let planning: Promise<void> | undefined
  let isPlanOutdated = false

  await store.recoverDeliveries(now())

  const wake = (): void => {
    if (isClosed) return
    if (planning) {
      isPlanOutdated = true
      return
    }
    planning = plan()
      .catch((error: unknown) => {
        log.error('the outbox could not be read', error)
        wakeIn(STORE_RETRY_MS)
      })
      .finally(() => {
        planning = undefined
        if (!isPlanOutdated) return
        isPlanOutdated = false
        wake()
      })
  }

  const wakeIn = (delayMs: number): void => {
    clearTimeout(timer)
    if (isClosed) return
    timer = setTimeout(wake, Math.min(delayMs, LONGEST_WAIT_MS))
    // What waits is not worth staying alive for: it is in the store.
    timer.unref()
  }

  const plan = async (): Promise<void> => {
    const queues = await store.ask('dueDeliveries', { now: now() })
    let next = Infinity
    for (const { channelId, dueId, nextAttemptAt } of queues) {
      if (dueId !== null) startQueue(channelId)
      next = Math.min(next, nextAttemptAt ?? Infinity)
    }
    if (next < Infinity) wakeIn(Math.max(0, next - now()))
  }

  const startQueue = (channelId: string): void => {
    if (isClosed || atWork.has(channelId)) return
    const work = sendQueue(channelId)
      .finally(() => atWork.delete(channelId))
      // What came in the meantime found the queue at work.
      .then(wake, (error: unknown) => {
        log.error('a notification could not be taken from the outbox', error)
        wakeIn(STORE_RETRY_MS)
      })
    atWork.set(channelId, work)
  }

  const sendQueue = async (channelId: string): Promise<void> => {
    while (!isClosed) {
      const [queue] = await store.ask('dueDeliveries', { now: now(), channelId })
      if (!queue || queue.dueId === null) return
      await sendOne(channelId, queue.dueId)
    }
  }

  const sendOne = async (channelId: string, id: string): Promise<void> => {
    const delivery = await store.ask('getDelivery', { id })
    if (!delivery) return
    const { attempts, createdAt } = delivery
    if (now() > createdAt + GIVE_UP_AFTER_MS) {
      await finish(channelId, {
        id,
        status: 'dead',
        reason: 'too-old',
        lastStatus: null,
        nextAttemptAt: null,
      })
      return
    }
    const attempted = { id, attempts: attempts + 1, createdAt }
    const sender = await options.senderOf(channelId)
    const isFinal = 'outcome' in sender && sender.outcome !== 'retry'
    if (!isFinal)
      await store.markDelivery({ id, status: 'sending', reason: null, lastStatus: null, nextAttemptAt: null })
    // What `writeAlerts` was given.
    const result = 'outcome' in sender ? sender : await attempt(sender, delivery.payload as AlertMessage)
    await finish(channelId, afterAttempt(attempted, result, { now: now(), random: options.random() }))
  }

  const attempt = async (sender: ChannelSender, message: AlertMessage): Promise<SendResult> => {
    try {
      return await sender.send(message, { ...options.wording(), now, signal: breakOff.signal })
    } catch (error) {
      // A mistake of ours; its message may hold anything.
      log.error(`a channel failed: ${error instanceof Error ? error.name : 'unknown'}`)
      return { outcome: 'dead', reason: 'failed' }
    }
  }

  /** What became of an attempt must not be forgotten: it would be made again. */
  const finish = async (channelId: string, mark: DeliveryMark): Promise<void> => {
    for (;;) {
      try {
        await store.markDelivery(mark)
        options.onAttempt(channelId, mark)
        return
      } catch (error) {
        if (isClosed) throw error
        log.error('what became of a notification could not be stored; trying again', error)
        await sleep(STORE_RETRY_MS, undefined, { signal: breakOff.signal }).catch(() => undefined)
      }
    }
  }

  return {
    wake,
    async close() {
      isClosed = true
      clearTimeout(timer)
      const breakingOff = setTimeout(() => breakOff.abort(), CLOSE_GRACE_MS)
      await Promise.all([planning, ...atWork.values()])
      clearTimeout(breakingOff)
      breakOff.abort()
    },
  }
}

import { v7 as uuid } from 'uuid'
import type { AlertTestResult, NewAlertRule } from '#shared/contract/alerts/rules.ts'
import type { AlertChannels } from './channels.ts'
import type { SendResult } from './channels/channel-sender.ts'
import type { AlertMessage } from './message.ts'
import type { Wording } from './wording/describe-message.ts'

type TestResult = Omit<AlertTestResult['results'][number], 'channelId'>

export interface TestOptions {
  channels: Pick<AlertChannels, 'senderOf' | 'report'>
  wording: Wording
  now: () => number
}

/** Sends a marked notification at once, past the outbox: whoever asks waits for the answer. */
export async function sendTest(
  channelId: string,
  message: AlertMessage,
  { channels, wording, now }: TestOptions,
): Promise<TestResult> {
  const sender = await channels.senderOf(channelId, { isTest: true })
  const signal = new AbortController().signal
  const result = 'outcome' in sender ? sender : await sender.send(message, { ...wording, now, signal })
  // There is no second attempt.
  const status = result.outcome === 'sent' || result.outcome === 'suppressed' ? result.outcome : 'failed'
  const reason = result.reason ?? null
  if (status !== 'suppressed')
    channels.report(channelId, { status: status === 'sent' ? 'sent' : 'dead', reason })
  return { status, reason, lastStatus: lastStatusOf(result) }
}

/** What a channel is tested with: no record, only the words. */
export function channelTest(channelName: string, now: number): AlertMessage {
  return {
    deliveryId: uuid(),
    event: 'test',
    rule: { id: 'test', name: channelName, description: '', severity: 'info' },
    records: [],
    recordCount: 0,
    text: null,
    createdAt: now,
  }
}

/** What a rule's channels are tested with: a made-up record, at the threshold, so that all of a message can be seen. */
export function ruleTest(rule: NewAlertRule & { id: string }, now: number): AlertMessage {
  const { id, name, description, severity, conditions, splitBy } = rule
  const [condition] = conditions
  const value = condition?.threshold ?? 0
  return {
    ...channelTest(name, now),
    rule: { id, name, description, severity, compareTo: condition?.compareTo },
    records: [
      {
        id: 'test',
        ruleId: id,
        ruleName: name,
        severity,
        labels: splitBy === 'none' ? {} : { [splitBy]: 'test' },
        state: 'firing',
        isAcknowledged: false,
        isRead: false,
        startedAt: now,
        firedAt: now,
        resolvedAt: null,
        resolvedBy: null,
        note: '',
        metric: condition?.metric ?? 'requests',
        threshold: value,
        firstValue: value,
        worstValue: value,
        lastValue: value,
        isSilenced: false,
      },
    ],
    recordCount: 1,
  }
}

function lastStatusOf(result: SendResult): number | null {
  return result.outcome === 'suppressed' ? null : (result.lastStatus ?? null)
}

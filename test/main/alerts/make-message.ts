import type { AlertMessage, AlertMessageRecord } from '../../../src/main/alerts/message.ts'
import type { SendContext } from '../../../src/main/alerts/channels/channel-sender.ts'

export const NOW = Date.UTC(2026, 4, 1, 12, 0, 0)

export function makeRecord(given: Partial<AlertMessageRecord> = {}): AlertMessageRecord {
  return {
    id: 'record-1',
    ruleId: 'rule-1',
    ruleName: 'Too many failures',
    severity: 'critical',
    labels: { app: 'checkout-bot' },
    state: 'firing',
    isAcknowledged: false,
    isRead: false,
    startedAt: NOW - 120_000,
    firedAt: NOW,
    resolvedAt: null,
    resolvedBy: null,
    note: '',
    metric: 'failureRate',
    threshold: 0.05,
    firstValue: 0.08,
    worstValue: 0.2,
    lastValue: 0.125,
    isSilenced: false,
    ...given,
  }
}

export function makeMessage(given: Partial<AlertMessage> = {}): AlertMessage {
  const records = given.records ?? [makeRecord()]
  return {
    deliveryId: 'delivery-1',
    event: 'firing',
    rule: { id: 'rule-1', name: 'Too many failures', description: '', severity: 'critical' },
    recordCount: records.length,
    text: null,
    createdAt: NOW,
    ...given,
    records,
  }
}

export function makeContext(given: Partial<SendContext> = {}): SendContext {
  return {
    language: 'en',
    currency: 'USD',
    timeZone: 'UTC',
    signal: new AbortController().signal,
    now: () => NOW,
    ...given,
  }
}

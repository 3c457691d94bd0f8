import { newAlertRuleSchema } from '#shared/contract/alerts/rules.ts'
import type { StoredAlertRecord, StoredAlertRule } from '../../../src/main/store/alerts/alert-changes.ts'

let made = 0

/** A rule about failures, changed as the test wants. */
export function makeRule(overrides: Partial<StoredAlertRule> = {}): StoredAlertRule {
  made += 1
  const rule = newAlertRuleSchema.parse({
    name: `rule ${made}`,
    conditions: [{ metric: 'failureRate', comparison: 'gt', threshold: 0.05 }],
  })
  return { id: `rule-${made}`, ...rule, createdAt: 0, updatedAt: 0, ...overrides }
}

/** A record of a rule that fires, changed as the test wants. */
export function makeRecord(
  rule: StoredAlertRule,
  overrides: Partial<StoredAlertRecord> = {},
): StoredAlertRecord {
  made += 1
  return {
    id: `record-${made}`,
    ruleId: rule.id,
    ruleName: rule.name,
    rule,
    severity: rule.severity,
    labels: {},
    state: 'firing',
    isAcknowledged: false,
    isRead: false,
    startedAt: made,
    firedAt: made,
    resolvedAt: null,
    resolvedBy: null,
    note: '',
    metric: 'failureRate',
    threshold: 0.05,
    firstValue: 0.1,
    worstValue: 0.2,
    lastValue: 0.15,
    ...overrides,
  }
}

import type { NewAlertRule } from '#shared/contract/alerts/rules.ts'

/** A ready rule: what it is called on screen, and all that differs from a rule's defaults. */
export interface RuleTemplate {
  id: string
  label: string
  text: string
  rule: Omit<NewAlertRule, 'name' | 'description'>
}

/** What a new rule begins with. */
export const BLANK_RULE: NewAlertRule = {
  name: '',
  description: '',
  severity: 'warning',
  isEnabled: true,
  match: 'all',
  conditions: [{ metric: 'failureRate', comparison: 'gt', threshold: 0.05, windowMinutes: 5 }],
  filter: {},
  splitBy: 'none',
  minSamples: 0,
  forMinutes: 0,
  keepFiringForMinutes: 5,
  repeatMinutes: 240,
  noData: 'ok',
  channels: ['os', 'inApp'],
  messageTemplate: '',
  quietHours: null,
}

/** Rules that most people want, switched on with one click. */
export const RULE_TEMPLATES: readonly RuleTemplate[] = [
  {
    id: 'failures',
    label: 'alerts.template.failures',
    text: 'alerts.template.failuresText',
    rule: { ...BLANK_RULE, severity: 'critical', minSamples: 20, forMinutes: 1 },
  },
  {
    id: 'latency',
    label: 'alerts.template.latency',
    text: 'alerts.template.latencyText',
    rule: {
      ...BLANK_RULE,
      conditions: [
        {
          metric: 'durationP95Ms',
          comparison: 'gte',
          threshold: 100,
          windowMinutes: 15,
          compareTo: 'yesterday',
        },
      ],
      minSamples: 20,
      forMinutes: 5,
    },
  },
  {
    id: 'cost',
    label: 'alerts.template.cost',
    text: 'alerts.template.costText',
    rule: {
      ...BLANK_RULE,
      conditions: [{ metric: 'cost', comparison: 'gt', threshold: 10, windowMinutes: 1_440 }],
      repeatMinutes: 1_440,
    },
  },
  {
    id: 'silence',
    label: 'alerts.template.silence',
    text: 'alerts.template.silenceText',
    rule: {
      ...BLANK_RULE,
      conditions: [{ metric: 'requests', comparison: 'lt', threshold: 1, windowMinutes: 15 }],
      noData: 'alert',
    },
  },
  {
    id: 'unpriced',
    label: 'alerts.template.unpriced',
    text: 'alerts.template.unpricedText',
    rule: {
      ...BLANK_RULE,
      severity: 'info',
      conditions: [{ metric: 'unpricedRequests', comparison: 'gt', threshold: 0, windowMinutes: 60 }],
      repeatMinutes: 1_440,
    },
  },
  {
    id: 'feedback',
    label: 'alerts.template.feedback',
    text: 'alerts.template.feedbackText',
    rule: {
      ...BLANK_RULE,
      conditions: [
        { metric: 'feedbackNegativeRate', comparison: 'gt', threshold: 0.3, windowMinutes: 1_440 },
      ],
      minSamples: 5,
    },
  },
]

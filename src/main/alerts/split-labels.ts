import type { AlertRule } from '#shared/contract/alerts/rules.ts'

/** The labels of the instances of a rule, by what it is split by. */
export const SPLIT_LABELS = {
  none: [],
  app: ['app'],
  model: ['model'],
  user: ['userId'],
} as const satisfies Record<AlertRule['splitBy'], readonly string[]>

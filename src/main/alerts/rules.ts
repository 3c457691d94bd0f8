import type { AlertRule, NewAlertRule } from '#shared/contract/alerts/rules.ts'
import { LIMITS } from '#shared/limits.ts'
import { RecentlyRemoved } from '#shared/recently-removed.ts'
import type { StoredAlertRule } from '../store/alerts/alert-changes.ts'
import type { AlertBook, AlertDraft, Instance } from './alert-book.ts'
import { newId } from './alert-book.ts'
import { endEpisodes } from './end-episodes.ts'

/** What can be wrong with a rule that is well-formed. */
export type RuleProblem = 'not-found' | 'too-many' | 'repeat-too-short' | 'unknown-channel' | 'unknown-budget'

type RuleChanges = { [K in keyof NewAlertRule]?: NewAlertRule[K] | undefined }

/** What is to be alerted about. */
export interface AlertRules {
  /** By name. */
  list(filter: { isEnabled?: boolean | undefined }): AlertRule[]
  get(id: string): AlertRule | undefined
  create(rule: NewAlertRule): Promise<AlertRule | RuleProblem>
  /**
   * Leaves what is not given as it is. What fires goes on firing, and is measured by the changed rule from the next check
   * on; its record keeps the rule as it was.
   */
  update(id: string, changes: RuleChanges): Promise<AlertRule | RuleProblem>
  /** Resolves what fires. */
  remove(id: string): Promise<RuleProblem | undefined>
  /** Takes back the removal of a rule that was removed lately: it is there again, by the same id, and watches anew. */
  restore(id: string): Promise<AlertRule | RuleProblem>
  /** A rule that was removed does not come back with the name of a user who is forgotten. */
  forgetRemovedOf(userId: string): void
  /** Takes a channel that is gone out of all rules. */
  forgetChannel(id: string): Promise<void>
  /** Takes that back: the rules that named the channel do so again. */
  returnChannel(id: string): Promise<void>
  exportAll(): NewAlertRule[]
  /** Adds rules, all or none. Channels that are not here are left out. */
  importAll(rules: readonly NewAlertRule[]): Promise<{ created: number; skipped: number } | RuleProblem>
}

export interface RulesOptions {
  book: AlertBook
  /** epoch ms */
  now: () => number
  /** How often rules are checked. */
  intervalMs: number
  hasChannel: (id: string) => boolean
  hasBudget: (id: string) => boolean
  statusOf: (rule: StoredAlertRule) => AlertRule['status']
}

const MINUTE_MS = 60_000

export function createRules(options: RulesOptions): AlertRules {
  const { book, now, intervalMs, hasChannel, statusOf } = options
  const removed = new RecentlyRemoved<StoredAlertRule>()
  /** By whom a channel that is gone was named. */
  const goneChannels = new RecentlyRemoved<{ id: string; ruleIds: string[] }>()
  const show = (rule: StoredAlertRule): AlertRule => ({ ...rule, status: statusOf(rule) })
  /** Looks at what is given only: a rule whose budget has gone can still be switched off. */
  const problemOf = ({ repeatMinutes, channels, conditions }: RuleChanges): RuleProblem | undefined => {
    // What is checked seldom cannot be said again more often.
    if (repeatMinutes !== undefined && repeatMinutes * MINUTE_MS < intervalMs) return 'repeat-too-short'
    if (channels?.every(hasChannel) === false) return 'unknown-channel'
    const budgetIds = conditions?.flatMap(({ budgetId }) => budgetId ?? [])
    return budgetIds?.every(options.hasBudget) === false ? 'unknown-budget' : undefined
  }
  const keep = (draft: AlertDraft, rule: StoredAlertRule): StoredAlertRule | RuleProblem => {
    if (!draft.rules.get(rule.id) && draft.rules.size >= LIMITS.alertRules) return 'too-many'
    draft.rules.set(rule.id, rule)
    return rule
  }
  const changeChannels = (draft: AlertDraft, rule: StoredAlertRule, channels: string[]) =>
    draft.rules.set(rule.id, { ...rule, channels, updatedAt: Math.max(now(), rule.updatedAt) })
  const showKept = (rule: StoredAlertRule | RuleProblem) => (typeof rule === 'string' ? rule : show(rule))
  const made = (rule: NewAlertRule): StoredAlertRule => {
    const at = now()
    return { id: newId(), ...rule, createdAt: at, updatedAt: at }
  }

  return {
    list: ({ isEnabled }) =>
      [...book.rules.values()]
        .filter((rule) => isEnabled === undefined || rule.isEnabled === isEnabled)
        .sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id))
        .map(show),
    get(id) {
      const rule = book.rules.get(id)
      return rule && show(rule)
    },
    async create(rule) {
      return problemOf(rule) ?? showKept(await book.transact((draft) => keep(draft, made(rule))))
    },
    async update(id, changes) {
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
      const kept = await book.transact((draft) => {
        const before = draft.rules.get(id)
        if (!before) return 'not-found'
        const problem = problemOf(changes)
        if (problem) return problem
        const rule = { ...before, ...given, updatedAt: Math.max(now(), before.updatedAt) }
        endWhatIsOutdated(draft, before, rule)
        return keep(draft, rule)
      })
      return showKept(kept)
    },
    remove: (id) =>
      book.transact((draft) => {
        const rule = draft.rules.get(id)
        if (!rule) return 'not-found'
        endEpisodes(draft, id, { at: now(), note: 'rule-removed' })
        draft.rules.delete(id)
        removed.add(rule)
        return undefined
      }),
    async restore(id) {
      const before = removed.get(id)
      if (!before) return 'not-found'
      const rule = { ...before, channels: before.channels.filter(hasChannel) }
      const kept = await book.transact((draft) => problemOf(rule) ?? keep(draft, rule))
      if (typeof kept !== 'string') removed.delete(id)
      return showKept(kept)
    },
    forgetRemovedOf: (userId) => removed.forget(({ filter }) => filter.userId?.includes(userId) === true),
    forgetChannel: (id) =>
      book.transact((draft) => {
        const naming = [...draft.rules.values()].filter(({ channels }) => channels.includes(id))
        for (const rule of naming) changeChannels(draft, rule, without(rule.channels, id))
        goneChannels.add({ id, ruleIds: naming.map((rule) => rule.id) })
      }),
    returnChannel: (id) =>
      book.transact((draft) => {
        for (const ruleId of goneChannels.get(id)?.ruleIds ?? []) {
          const rule = draft.rules.get(ruleId)
          if (rule) changeChannels(draft, rule, [...without(rule.channels, id), id])
        }
        goneChannels.delete(id)
      }),
    exportAll: () =>
      [...book.rules.values()].map(({ id: _id, createdAt: _created, updatedAt: _updated, ...rule }) => rule),
    importAll: (rules) =>
      book.transact((draft) => {
        const known = new Set([...draft.rules.values()].map(contentOf))
        const added = new Map(
          rules
            .map((rule) => made({ ...rule, channels: rule.channels.filter(hasChannel) }))
            .map((rule) => [contentOf(rule), rule] as const)
            .filter(([content]) => !known.has(content)),
        )
        for (const rule of added.values()) {
          const problem = problemOf(rule)
          if (problem) return problem
        }
        if (draft.rules.size + added.size > LIMITS.alertRules) return 'too-many'
        for (const rule of added.values()) draft.rules.set(rule.id, rule)
        return { created: added.size, skipped: rules.length - added.size }
      }),
  }
}

/** Ends what a changed rule cannot go on with. */
function endWhatIsOutdated(draft: AlertDraft, before: StoredAlertRule, rule: StoredAlertRule): void {
  const at = rule.updatedAt
  if (!rule.isEnabled) return endEpisodes(draft, rule.id, { at, note: 'rule-disabled' })
  if (rule.splitBy !== before.splitBy) return endEpisodes(draft, rule.id, { at, note: 'rule-changed' })
  const isOfConditions = ({ match, conditions, filter, minSamples }: StoredAlertRule) =>
    JSON.stringify([match, conditions, filter, minSamples])
  if (isOfConditions(before) === isOfConditions(rule)) return
  // What was breached is not what must be breached now: waiting begins anew. What it looks at no more, it leaves.
  const isLeft = ({ labels: { app, model, user } }: Instance) =>
    (app !== undefined && rule.filter.app?.includes(app) === false) ||
    (model !== undefined && rule.filter.model?.includes(model) === false) ||
    (user !== undefined && rule.filter.userId?.includes(user) === false)
  endEpisodes(draft, rule.id, {
    at,
    note: 'rule-changed',
    isEnded: (instance) => instance.state.phase === 'pending' || isLeft(instance),
  })
}

/** What makes a rule the same as another, word for word. */
function contentOf(rule: NewAlertRule | StoredAlertRule): string {
  const content: Record<string, unknown> = { ...rule, id: '', createdAt: 0, updatedAt: 0 }
  return JSON.stringify(Object.entries(content).sort(([a], [b]) => compare(a, b)))
}

const without = (ids: readonly string[], id: string) => ids.filter((other) => other !== id)

/** By code unit, so that the order is the same everywhere. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

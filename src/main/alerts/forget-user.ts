import type { AlertBook } from './alert-book.ts'
import { instanceKey } from './alert-book.ts'

/** What stands in the place of a user's name. */
const FORGOTTEN = '[forgotten]'

/**
 * Takes a user's name out of all that alerts go on with. What fires of them alone ends; a rule that looked at nobody else
 * is switched off, for without its filter it would look at everybody.
 *
 * @param now epoch ms
 */
export function forgetUser(book: AlertBook, userId: string, now: number): Promise<void> {
  return book.transact((draft) => {
    for (const { ruleId, labels } of [...draft.instances.values()]) {
      if (labels['user'] === userId) draft.instances.delete(instanceKey(ruleId, labels))
    }
    for (const record of [...draft.records.values()]) {
      if (record.labels['user'] !== userId) continue
      draft.records.set(record.id, {
        ...record,
        labels: { user: FORGOTTEN },
        state: 'resolved',
        resolvedAt: now,
        resolvedBy: 'user',
      })
    }
    for (const silence of [...draft.silences.values()]) {
      if (silence.matchers.userId === userId) draft.silences.delete(silence.id)
    }
    for (const rule of [...draft.rules.values()]) {
      const users = rule.filter.userId
      if (!users?.includes(userId)) continue
      const others = users.filter((user) => user !== userId)
      draft.rules.set(rule.id, {
        ...rule,
        isEnabled: rule.isEnabled && others.length > 0,
        filter: { ...rule.filter, userId: others.length > 0 ? others : [FORGOTTEN] },
        updatedAt: now,
      })
    }
    for (const group of [...draft.groups.values()]) {
      const users = group.rule.filter.userId
      if (!users?.includes(userId)) continue
      const filter = {
        ...group.rule.filter,
        userId: users.map((user) => (user === userId ? FORGOTTEN : user)),
      }
      draft.groups.set(group.rule.id, { ...group, rule: { ...group.rule, filter } })
    }
  })
}

import type { NewSilence, Silence } from '#shared/contract/alerts/silences.ts'
import { LIMITS } from '#shared/limits.ts'
import type { InstanceLabels, StoredAlertRule, StoredSilence } from '../store/alerts/alert-changes.ts'
import type { AlertBook } from './alert-book.ts'
import { newId } from './alert-book.ts'

/** What can be wrong with a silence that is well-formed. */
export type SilenceProblem = 'not-found' | 'too-many' | 'ended'

/** When nothing is to be told of some records. Rules are checked all the same. */
export interface Silences {
  /** Those that end last first. */
  list(): Silence[]
  create(silence: NewSilence): Promise<Silence | SilenceProblem>
  /** Ends it at once; what still fires is told of again. */
  remove(id: string): Promise<SilenceProblem | undefined>
}

/** @param options.now epoch ms */
export function createSilences({ book, now }: { book: AlertBook; now: () => number }): Silences {
  const show = (silence: StoredSilence): Silence => ({ ...silence, state: stateOf(silence, now()) })
  return {
    list: () => [...book.silences.values()].sort(lastFirst).map(show),
    async create({ startsAt = now(), ...rest }) {
      const silence = { id: newId(), startsAt, ...rest }
      if (silence.endsAt <= startsAt || silence.endsAt <= now()) return 'ended'
      const problem = await book.transact((draft) => {
        const all = [...draft.silences.values()].sort(lastFirst)
        const ended = all.filter(({ endsAt }) => endsAt <= now())
        if (all.length - ended.length >= LIMITS.alertSilences) return 'too-many'
        // Of those that have ended the last are kept, to be looked up.
        for (const { id } of ended.slice(LIMITS.alertSilences)) draft.silences.delete(id)
        draft.silences.set(silence.id, silence)
        return undefined
      })
      return problem ?? show(silence)
    },
    remove: (id) =>
      book.transact((draft) => {
        if (!draft.silences.get(id)) return 'not-found'
        draft.silences.delete(id)
        return undefined
      }),
  }
}

/**
 * Whether something is silenced: all matchers of one silence agree with it. A rule that looks at one app only is about that
 * app, even if it is not split by apps.
 *
 * @param now epoch ms
 */
export function isSilenced(
  silences: Iterable<StoredSilence>,
  { rule, labels }: { rule: StoredAlertRule; labels: InstanceLabels },
  now: number,
): boolean {
  const only = (values: readonly string[] | undefined) => (values?.length === 1 ? values[0] : undefined)
  const { app, model, userId } = rule.filter
  const of = {
    app: labels['app'] ?? only(app),
    model: labels['model'] ?? only(model),
    userId: labels['user'] ?? only(userId),
  }
  for (const { matchers, startsAt, endsAt } of silences) {
    if (now < startsAt || now >= endsAt) continue
    const { ruleId = rule.id, severity = rule.severity, ...wanted } = matchers
    const labelsMatch = (['app', 'model', 'userId'] as const).every(
      (name) => wanted[name] === undefined || wanted[name] === of[name],
    )
    if (labelsMatch && ruleId === rule.id && severity === rule.severity) return true
  }
  return false
}

function stateOf({ startsAt, endsAt }: StoredSilence, now: number): Silence['state'] {
  if (now < startsAt) return 'scheduled'
  return now < endsAt ? 'active' : 'ended'
}

function lastFirst(a: StoredSilence, b: StoredSilence): number {
  return b.endsAt - a.endsAt || (a.id < b.id ? 1 : -1)
}

import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Feedback } from '#shared/contract/feedback.ts'
import { client } from '../../client.ts'
import { useToasts } from '../../stores/toasts.ts'

/** What is done with feedback, of one or of many. */
export interface TriageChange {
  state?: Feedback['state']
  note?: string
  addTags?: string[]
  removeTags?: string[]
  /** Null: nobody. */
  assignee?: string | null
}

type Restored = Parameters<typeof client.feedback.restore>[0]['items'][number]
type Before = Awaited<ReturnType<typeof client.feedback.triage>>['before'][number]

/** Of what was before, what the change was about: what else was done since stays done. */
function touched({ id, state, resolvedAt, note, tags, assignee }: Before, change: TriageChange): Restored {
  return {
    id,
    ...(change.state !== undefined && { state, resolvedAt }),
    ...(change.note !== undefined && { note }),
    ...((change.addTags ?? change.removeTags) !== undefined && { tags }),
    ...(change.assignee !== undefined && { assignee }),
  }
}

/** The message that says what was done, and the name in it. */
function sayingOf({
  state,
  addTags,
  removeTags,
  assignee,
  note,
}: TriageChange): [key: string, name?: string] {
  if (state === 'resolved') return ['feedback.did.resolved']
  if (state === 'open') return ['feedback.did.open']
  if (addTags !== undefined) return ['feedback.did.tagged', addTags.join(', ')]
  if (removeTags !== undefined) return ['feedback.did.untagged', removeTags.join(', ')]
  if (assignee === null) return ['feedback.did.unassigned']
  if (assignee !== undefined) return ['feedback.did.assigned', assignee]
  return [note === '' ? 'feedback.did.noteRemoved' : 'feedback.did.noted']
}

/** Changes feedback, says what was done, and takes it back if asked to. */
export function useTriage(changed: () => void): {
  apply: (ids: readonly string[], change: TriageChange) => Promise<void>
  /** Whether a change is under way. */
  isBusy: Readonly<{ value: boolean }>
} {
  const { t } = useI18n()
  const toasts = useToasts()
  const isBusy = ref(false)

  const fail = (again: () => void) =>
    toasts.show({
      text: t('feedback.notSaved'),
      isFailure: true,
      action: { label: t('failure.retry'), run: again },
    })

  async function undo(items: Restored[]): Promise<void> {
    try {
      await client.feedback.restore({ items })
      toasts.show({ text: t('feedback.undone') })
    } catch {
      fail(() => void undo(items))
    }
    changed()
  }

  async function apply(ids: readonly string[], change: TriageChange): Promise<void> {
    isBusy.value = true
    try {
      const {
        changed: count,
        before,
        tooManyTags,
      } = await client.feedback.triage({ ids: [...ids], ...change })
      if (count > 0) {
        toasts.show({
          text: textOf(change, count),
          action: { label: t('undo'), run: () => void undo(before.map((one) => touched(one, change))) },
        })
      }
      if (tooManyTags.length > 0) {
        toasts.show({
          text: t('feedback.tooManyTags', { count: tooManyTags.length }, tooManyTags.length),
          isFailure: true,
        })
      }
    } catch {
      fail(() => void apply(ids, change))
    }
    isBusy.value = false
    changed()
  }

  function textOf(change: TriageChange, count: number): string {
    const [key, name = ''] = sayingOf(change)
    return t(key, { count, name }, count)
  }

  return { apply, isBusy }
}

import type { ComputedRef } from 'vue'
import { computed, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Feedback } from '#shared/contract/feedback.ts'
import { client } from '../../../client.ts'
import { useToasts } from '../../../stores/toasts.ts'
import type { OwnDraft } from './own-feedback.ts'
import { draftOf, fieldsOf, newDraft, optimistic, rememberName } from './own-feedback.ts'

/**
 * Feedback that a reviewer writes on a call. It stands there at once, and is stored meanwhile; what cannot be stored is
 * back in the form, with what was written.
 */
export function useOwnFeedback(
  about: { requestId: () => string; feedback: () => readonly Feedback[] },
  changed: () => void,
): {
  /** What is there, and what will be. */
  shown: ComputedRef<readonly Feedback[]>
  draft: ComputedRef<OwnDraft | undefined>
  hasFailed: ComputedRef<boolean>
  isPending: (id: string) => boolean
  start: () => void
  edit: (feedback: Feedback) => void
  cancel: () => void
  save: (draft: OwnDraft) => Promise<void>
  remove: (feedback: Feedback) => Promise<void>
} {
  const { t } = useI18n()
  const toasts = useToasts()
  const draft = ref<OwnDraft>()
  const hasFailed = ref(false)
  /** Said, and not among what was loaded yet. */
  const said = ref<Feedback>()
  const isSaving = ref(false)
  const removed = ref<ReadonlySet<string>>(new Set())

  const shown = computed(() => {
    const there = about.feedback().filter(({ id }) => !removed.value.has(id))
    const own = said.value
    if (!own) return there
    const isThere = there.some(({ id }) => id === own.id)
    return isThere ? there.map((one) => (one.id === own.id ? own : one)) : [own, ...there]
  })

  // What is loaded is what is so, once all is stored.
  watch(about.feedback, (feedback) => {
    if (!isSaving.value && feedback.some(({ id }) => id === said.value?.id)) said.value = undefined
  })
  watch(about.requestId, () => {
    draft.value = undefined
    said.value = undefined
    removed.value = new Set()
  })

  const save = (written: OwnDraft) =>
    store(
      written,
      about.feedback().find(({ id }) => id === written.id),
    )

  /** @param before what is to be changed; undefined: there is none. */
  async function store(written: OwnDraft, before: Feedback | undefined): Promise<void> {
    said.value = optimistic(written, about.requestId(), before)
    draft.value = undefined
    hasFailed.value = false
    isSaving.value = true
    rememberName(written.name.trim())
    const { id } = written
    const fields = fieldsOf(written)
    try {
      said.value = before
        ? await client.feedback.update({ id, ...fields })
        : await client.feedback.give({ id, requestId: about.requestId(), ...fields })
      changed()
    } catch {
      // The form says so, with all that was written.
      said.value = undefined
      draft.value = written
      hasFailed.value = true
    }
    isSaving.value = false
  }

  async function remove(feedback: Feedback): Promise<void> {
    const { id } = feedback
    removed.value = new Set([...removed.value, id])
    if (said.value?.id === id) said.value = undefined
    try {
      await client.feedback.remove({ id })
      toasts.show({
        text: t('feedback.own.removed'),
        action: { label: t('undo'), run: () => void giveBack(feedback) },
      })
    } catch {
      comeBack(id)
      toasts.show({ text: t('feedback.own.notRemoved'), isFailure: true })
    }
    changed()
  }

  const comeBack = (id: string) => (removed.value = new Set([...removed.value].filter((one) => one !== id)))

  async function giveBack(feedback: Feedback): Promise<void> {
    comeBack(feedback.id)
    // It may still be among what was loaded.
    await store(draftOf(feedback), undefined)
  }

  return {
    shown,
    draft: computed(() => draft.value),
    hasFailed: computed(() => hasFailed.value),
    isPending: (id) => isSaving.value && said.value?.id === id,
    start: () => {
      hasFailed.value = false
      draft.value = newDraft(crypto.randomUUID())
    },
    edit: (feedback) => {
      hasFailed.value = false
      draft.value = draftOf(feedback)
    },
    cancel: () => (draft.value = undefined),
    save,
    remove,
  }
}

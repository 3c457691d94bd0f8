import { ORPCError } from '@orpc/client'
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { InputProblem } from '../validation/input-problems.ts'
import { problemsOf } from '../validation/input-problems.ts'

export interface SaveFailures {
  /** What is wrong with the input, by field. Absent: what the contract says of it. */
  read?: (error: unknown) => ReadonlyMap<string, InputProblem>
  /** The key of what a conflict means, and the field that it stands beside; absent: `general`. */
  conflict?: { field?: string; key: string }
  /** The key of what is said of any other failure. */
  otherwise: string
}

/**
 * Saves what a form holds.
 *
 * @returns `problems`: what was refused, in the language of the page, by the field that it stands beside; `general` is
 *   what is no field's. `isSaving`: whether there is no answer yet. `save`: sends it, and says whether it was
 *   taken.
 */
export function useFormSave({ read = problemsOf, conflict, otherwise }: SaveFailures) {
  const { t } = useI18n()
  const problems = ref<ReadonlyMap<string, string>>(new Map())
  const isSaving = ref(false)

  function say(error: unknown): Map<string, string> {
    const said = new Map<string, string>()
    for (const [field, { key, limit, name }] of read(error))
      said.set(field, t(key, { limit: limit ?? '', name: name ?? '' }))
    if (said.size > 0) return said
    if (conflict && error instanceof ORPCError && error.code === 'CONFLICT')
      return said.set(conflict.field ?? 'general', t(conflict.key))
    return said.set('general', t(otherwise))
  }

  async function save(send: () => Promise<unknown>): Promise<boolean> {
    isSaving.value = true
    problems.value = new Map()
    try {
      await send()
      return true
    } catch (error) {
      problems.value = say(error)
      return false
    } finally {
      isSaving.value = false
    }
  }
  return { problems, isSaving, save }
}

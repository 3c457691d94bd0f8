import { useI18n } from 'vue-i18n'
import type { RedactionPreview } from '#shared/contract/privacy.ts'

const FAULTS = new Map([
  ['bracket', 'privacy.faults.bracket'],
  ['range', 'privacy.faults.range'],
  ['escape', 'privacy.faults.escape'],
  ['repetition', 'privacy.faults.repetition'],
  ['unsupported', 'privacy.faults.unsupported'],
  ['matches-empty', 'privacy.faults.matchesEmpty'],
  ['too-large', 'privacy.faults.tooLarge'],
])

/** Says in the user's language what is wrong with a pattern, and where. */
export function usePatternFault() {
  const { t } = useI18n()
  return ({ reason, position }: RedactionPreview['problems'][number]): string => {
    const text = t(FAULTS.get(reason) ?? 'privacy.faults.syntax')
    return position === null ? text : t('privacy.faultAt', { fault: text, position: position + 1 })
  }
}

import { createI18n } from 'vue-i18n'
import type { Settings } from '#shared/contract/settings.ts'
import type { Messages } from './en.ts'
import { en } from './en.ts'
import { zhCN } from './zh-CN.ts'

export type { Language } from '#shared/language.ts'
export { languageFor } from '#shared/language.ts'

declare module 'vue-i18n' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- gives t() the keys of our messages
  export interface DefineLocaleMessage extends Messages {}
}

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en, 'zh-CN': zhCN },
})

/**
 * The choices of language, each named in itself: whoever looks for it may not read the one on screen.
 *
 * @param system the name of the choice to follow the system.
 */
export function languageOptions(system: string): { value: Settings['language']; label: string }[] {
  return [
    { value: 'system', label: system },
    { value: 'zh-CN', label: '简体中文' },
    { value: 'en', label: 'English' },
  ]
}

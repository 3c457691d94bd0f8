import type { Settings } from './contract/settings.ts'

/** What the console speaks. */
export type Language = 'en' | 'zh-CN'

/** The language to speak: the chosen one, or the first of the system's that is Chinese or else English. */
export function languageFor(choice: Settings['language'], systemLanguage: string): Language {
  if (choice !== 'system') return choice
  return systemLanguage.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

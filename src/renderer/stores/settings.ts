import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watchEffect } from 'vue'
import type { Settings } from '#shared/contract/settings.ts'
import { DEFAULT_SETTINGS } from '#shared/contract/settings.ts'
import { client } from '../client.ts'
import { i18n, languageFor } from '../i18n/index.ts'
import { keepFollowing } from './keep-following.ts'
import { readLooks } from './looks.ts'

/** The user's choices, applied to the whole page as soon as they are known or change. */
export const useSettings = defineStore('settings', () => {
  const looks = readLooks()
  /** Whether the window looks as it did last, though the choices were not read yet. */
  const isRemembered = looks !== undefined
  const stored = ref<Settings>({ ...DEFAULT_SETTINGS, ...looks })
  /** What was chosen and is being stored: answers to earlier choices do not take it back meanwhile. */
  const choosing = shallowRef<readonly Partial<Settings>[]>([])
  const settings = computed((): Settings => Object.assign({}, stored.value, ...choosing.value) as Settings)
  let unsettled: Promise<unknown> = Promise.resolve()
  /** What went wrong last: choices were not read (the system's hold) or not kept (the earlier ones hold). */
  const problem = ref<'not-loaded' | 'not-saved'>()
  /** Grows when settings were imported: whatever has read some of them looks again. */
  const imports = ref(0)
  const announceImport = () => (imports.value += 1)
  const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)')
  const isSystemDark = ref(systemIsDark.matches)
  systemIsDark.addEventListener('change', (event) => (isSystemDark.value = event.matches))

  /** While the page is put on paper: that is white. */
  const isOnPaper = ref(false)

  const language = computed(() => languageFor(settings.value.language, navigator.language))
  const isDark = computed(
    () =>
      !isOnPaper.value &&
      (settings.value.theme === 'system' ? isSystemDark.value : settings.value.theme === 'dark'),
  )

  watchEffect(() => {
    i18n.global.locale.value = language.value
    document.documentElement.lang = language.value
    document.documentElement.classList.toggle('dark', isDark.value)
  })

  async function load(): Promise<void> {
    try {
      stored.value = await client.settings.get()
    } catch {
      problem.value = 'not-loaded'
    }
  }

  /** Follows the main process for as long as the page lives: scripts change settings, too. */
  function follow(): Promise<never> {
    return keepFollowing(client.settings.follow, (now) => (stored.value = now))
  }

  /** Shows a choice at once; what was stored has the last word. */
  async function choose(choices: Partial<Settings>): Promise<void> {
    choosing.value = [...choosing.value, choices]
    problem.value = undefined
    const storing = update(choices)
      .catch(() => (problem.value = 'not-saved'))
      .finally(() => (choosing.value = choosing.value.filter((others) => others !== choices)))
    unsettled = Promise.all([unsettled, storing]).then(() => undefined)
    await storing
  }

  /** Waits until the main process knows, or has refused, every choice that is on screen. */
  async function settled(): Promise<void> {
    await unsettled
  }

  /** Stores what may be refused, and shows it then. Throws why it was not stored. */
  async function update(choices: Partial<Settings>): Promise<void> {
    stored.value = await client.settings.update(choices)
  }

  return {
    settings,
    isRemembered,
    problem,
    imports,
    announceImport,
    language,
    isDark,
    isOnPaper,
    load,
    follow,
    choose,
    settled,
    update,
  }
})

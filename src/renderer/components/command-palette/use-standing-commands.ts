import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import type { RouteLocationRaw } from 'vue-router'
import { useRouter } from 'vue-router'
import type { Settings } from '#shared/contract/settings.ts'
import { languageOptions } from '../../i18n/index.ts'
import { usePause } from '../../stores/pause.ts'
import { useSettings } from '../../stores/settings.ts'
import type { Command } from './command.ts'

const PAGES = [
  { to: '/dashboard', title: 'nav.dashboard' },
  { to: '/calls', title: 'nav.calls' },
  { to: '/alerts/records', title: 'nav.alerts' },
  { to: '/alerts/rules', title: 'palette.rules' },
  { to: '/alerts/silences', title: 'palette.silences' },
  { to: '/alerts/channels', title: 'palette.channels' },
  { to: '/feedback', title: 'nav.feedback' },
  { to: '/feedback?view=statistics', title: 'palette.feedbackStatistics' },
  { to: '/costs', title: 'nav.costs' },
  { to: '/connect', title: 'nav.connect' },
  { to: '/settings', title: 'nav.settings' },
]

/** As the page of settings has them, which is loaded only when it is opened. */
const SECTIONS = [
  { section: 'general', title: 'settings.general' },
  { section: 'desktop', title: 'desktop.title' },
  { section: 'access', title: 'access.title' },
  { section: 'upstreams', title: 'upstreams.title' },
  { section: 'prices', title: 'pricesSettings.title' },
  { section: 'notifications', title: 'notificationSettings.title' },
  { section: 'privacy', title: 'privacy.title' },
  { section: 'retention', title: 'retention.title' },
  { section: 'archives', title: 'archives.title' },
  { section: 'data', title: 'data.title' },
  { section: 'import', title: 'callImport.title' },
  { section: 'database', title: 'database.title' },
  { section: 'backups', title: 'backups.title' },
  { section: 'folder', title: 'dataFolder.title' },
  { section: 'settings-file', title: 'settingsFile.title' },
  { section: 'about', title: 'about.title' },
]

const ADDING = [
  { to: '/alerts/rules/new', title: 'palette.newRule' },
  { to: '/alerts/silences?new=silence', title: 'palette.newSilence' },
  { to: '/alerts/channels?new=channel', title: 'palette.newChannel' },
  { to: '/costs?new=budget', title: 'palette.newBudget' },
  { to: '/costs?new=price', title: 'palette.newPrice' },
  { to: '/welcome', title: 'firstRun.again' },
]

const THEMES = [
  { theme: 'light', title: 'palette.light' },
  { theme: 'dark', title: 'palette.dark' },
  { theme: 'system', title: 'palette.systemTheme' },
] as const satisfies { theme: Settings['theme']; title: string }[]

/**
 * What the palette always offers: pages, sections of the settings, and what can be done from anywhere.
 *
 * @param showShortcuts opens the sheet of shortcuts.
 */
export function useStandingCommands(showShortcuts: () => void): ComputedRef<Command[]> {
  const { t } = useI18n()
  const router = useRouter()
  const settings = useSettings()
  const pause = usePause()

  /** Named in the language on screen, and found by its name in the others, too. */
  const named = (title: string) => ({
    title: t(title),
    names: [t(title, {}, { locale: 'en' }), t(title, {}, { locale: 'zh-CN' })],
  })
  const leading = (group: Command['group'], title: string, to: RouteLocationRaw): Command => ({
    id: `${group} ${title}`,
    group,
    ...named(title),
    run: () => void router.push(to),
  })
  const choosing = (title: string, choice: Partial<Settings>): Command => ({
    id: `choice ${title}`,
    group: 'actions',
    ...named(title),
    run: () => void settings.choose(choice),
  })

  return computed(() => [
    ...PAGES.map(({ to, title }) => leading('pages', title, to)),
    ...ADDING.map(({ to, title }) => leading('actions', title, to)),
    {
      id: 'pause',
      group: 'actions',
      ...named(pause.pausedSince === null ? 'palette.pause' : 'palette.resume'),
      // That it failed is seen where the state of the collector stands.
      run: () => void pause.toggle().catch(() => undefined),
    },
    ...THEMES.filter(({ theme }) => theme !== settings.settings.theme).map(({ theme, title }) =>
      choosing(title, { theme }),
    ),
    ...languageOptions(t('palette.systemLanguage'))
      .filter(({ value }) => value !== settings.settings.language)
      .map(({ value, label }): Command => ({
        id: `language ${value}`,
        group: 'actions',
        title: t('labelled', { label: t('language.label'), name: label }),
        names: [
          `${t('language.label', {}, { locale: 'en' })}: ${label}`,
          `${t('language.label', {}, { locale: 'zh-CN' })}: ${label}`,
        ],
        run: () => void settings.choose({ language: value }),
      })),
    { id: 'shortcuts', group: 'actions', ...named('shortcuts.title'), note: '?', run: showShortcuts },
    ...SECTIONS.map(({ section, title }) =>
      leading('settings', title, { path: '/settings', hash: `#${section}` }),
    ),
  ])
}

import type { SettingsChange } from '#shared/contract/settings-file.ts'

/** What settings are called on screen, as keys of messages, by the name that a file has for them. */
const NAMES = new Map([
  ['settings.language', 'language.label'],
  ['settings.theme', 'theme.label'],
  ['settings.chartPatterns', 'chart.patterns'],
  ['settings.port', 'port.title'],
  ['settings.isOpenToContainers', 'containers.title'],
  ['settings.requireToken', 'access.requireToken'],
  ['settings.allowedOrigins', 'access.origins'],
  ['settings.estimateMissingTokens', 'settings.estimate'],
  ['settings.exchangeRates', 'costs.rates'],
  ['settings.isAlertSoundOn', 'alerts.sound'],
  ['settings.callColumns', 'settingsFile.callColumns'],
  ['settings.callViews', 'settingsFile.callViews'],
  ['settings.defaultCallView', 'settingsFile.defaultCallView'],
  ['settings.retention', 'retention.title'],
  ['privacy.capture', 'privacy.capture'],
  ['privacy.apps', 'settingsFile.captureApps'],
  ['privacy.detectors', 'settingsFile.detectors'],
  ['privacy.patterns', 'privacy.patterns'],
  ['backups.every', 'backups.schedule'],
  ['backups.hour', 'settingsFile.backupHour'],
  ['backups.weekday', 'settingsFile.backupWeekday'],
  ['backups.keep', 'settingsFile.backupsKept'],
  // Parts of one.
  ['settings.retention.bodiesDays', 'retention.bodies'],
  ['settings.retention.callsDays', 'retention.calls'],
  ['settings.retention.rollupsDays', 'retention.rollups'],
  ['settings.retention.alertsDays', 'retention.alerts'],
  ['settings.retention.maxGigabytes', 'retention.size'],
  ['settings.retention.isNightly', 'retention.nightly'],
  ['settings.retention.hour', 'retention.hour'],
  ['settings.retention.isArchiving', 'retention.archive'],
  ['settings.retention.archiveFolder', 'archives.folder'],
  ['settings.retention.apps', 'retention.apps'],
])

/** Values that are words of the file, and how the page says them, as keys of messages. */
const VALUES = new Map([
  ['settings.language=system', 'language.system'],
  ['settings.theme=system', 'theme.system'],
  ['settings.theme=light', 'theme.light'],
  ['settings.theme=dark', 'theme.dark'],
  ['backups.every=never', 'backups.never'],
  ['backups.every=day', 'backups.daily'],
  ['backups.every=week', 'backups.weekly'],
  ['settings.retention.bodiesDays=null', 'retention.forEver'],
  ['settings.retention.callsDays=null', 'retention.forEver'],
  ['settings.retention.rollupsDays=null', 'retention.forEver'],
  ['settings.retention.alertsDays=null', 'retention.forEver'],
  ['settings.retention.maxGigabytes=null', 'retention.noLimit'],
  ['settings.retention.archiveFolder=null', 'archives.defaultFolder'],
])

type Place = Pick<SettingsChange, 'area' | 'name'> & { path?: string }

const keyOf = ({ area, name, path }: Place) => [area, name, ...(path ? [path] : [])].join('.')

/** @returns the key of a message; undefined: it is said as it stands in the file. */
export function settingValueName(place: Place, value: string | undefined): string | undefined {
  return VALUES.get(`${keyOf(place)}=${value}`)
}

/** @returns the key of a message; undefined: it has no name but its own, as upstreams. */
export function settingName(place: Place): string | undefined {
  return NAMES.get(keyOf(place))
}

export interface SettingPart {
  /** Within the setting; empty: all of it. */
  path: string
  before: string | undefined
  after: string | undefined
}

const MOST_PARTS = 12

/** Takes a change apart into the values that differ, as they stand in the file. */
export function changedParts({ before, after }: SettingsChange): SettingPart[] {
  const parts: SettingPart[] = []
  const look = (path: string, from: unknown, to: unknown): void => {
    if (JSON.stringify(from) === JSON.stringify(to)) return
    if (isRecord(from) && isRecord(to)) {
      for (const key of new Set([...Object.keys(from), ...Object.keys(to)]))
        look(path === '' ? key : `${path}.${key}`, from[key], to[key])
    } else parts.push({ path, before: textOf(from), after: textOf(to) })
  }
  look('', before, after)
  return parts.slice(0, MOST_PARTS)
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string') return value
  const isOfWords = Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')
  return isOfWords ? value.join(', ') : JSON.stringify(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

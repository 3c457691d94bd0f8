import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'
import type { BackupSchedule } from '#shared/contract/backups.ts'
import { backupScheduleSchema } from '#shared/contract/backups.ts'
import type { PrivacySettings } from '#shared/contract/privacy.ts'
import { privacySettingsSchema } from '#shared/contract/privacy.ts'
import type { Settings } from '#shared/contract/settings.ts'
import { settingsSchema } from '#shared/contract/settings.ts'
import type { SettingsChange, SettingsFile, SettingsReading } from '#shared/contract/settings-file.ts'
import { SETTINGS_FILE_FORMAT, SETTINGS_FILE_VERSION } from '#shared/contract/settings-file.ts'
import type { Upstream } from '#shared/contract/upstreams.ts'
import { baseUrlSchema, upstreamFlavourSchema, upstreamNameSchema } from '#shared/contract/upstreams.ts'
import { LIMITS } from '#shared/limits.ts'

/** All that a file of settings is about. Tokens, channels and keys are elsewhere: none of them can get into one. */
export interface SettingsParts {
  settings: Settings
  privacy: PrivacySettings
  backups: BackupSchedule
  upstreams: readonly Upstream[]
}

type WantedUpstream = z.output<typeof upstreamRowSchema>

/** What a file asks for, and differs from what is so. */
export interface WantedSettings {
  settings: Partial<Settings>
  privacy: Partial<PrivacySettings>
  backups: Partial<BackupSchedule>
  upstreams: WantedUpstream[]
}

export type FileReading =
  | { outcome: 'read'; reading: Extract<SettingsReading, { outcome: 'read' }>; wanted: WantedSettings }
  | { outcome: 'refused'; reading: Extract<SettingsReading, { outcome: 'refused' }> }

const upstreamRowSchema = z.object({
  name: upstreamNameSchema,
  baseUrl: baseUrlSchema,
  flavour: upstreamFlavourSchema,
})

/** What is of this machine, or of this data folder, and of no use to another. */
const LOCAL_SETTINGS: readonly string[] = ['isWelcomeDone', 'sampleLoadedAt', 'updateFeed']

const fileSchema = z.object({
  settings: z.record(z.string(), z.unknown()).default({}),
  privacy: z.record(z.string(), z.unknown()).default({}),
  backups: z.record(z.string(), z.unknown()).default({}),
  upstreams: z.array(z.unknown()).default([]),
})

/** @param now epoch ms */
export function writeSettingsFile(parts: SettingsParts, app: string, now: number): SettingsFile {
  const { every, hour, weekday, keep } = parts.backups
  const settings = Object.entries(parts.settings).filter(([name]) => !LOCAL_SETTINGS.includes(name))
  return {
    format: SETTINGS_FILE_FORMAT,
    version: SETTINGS_FILE_VERSION,
    app,
    writtenAt: new Date(now).toISOString(),
    settings: {
      ...Object.fromEntries(settings),
      // A folder of this machine.
      retention: { ...parts.settings.retention, archiveFolder: null },
    },
    privacy: { ...parts.privacy },
    backups: { every, hour, weekday, keep },
    upstreams: parts.upstreams
      .filter(({ isBuiltIn, baseUrl, defaultBaseUrl }) => !isBuiltIn || baseUrl !== defaultBaseUrl)
      .map(({ name, baseUrl, flavour }) => ({ name, baseUrl, flavour })),
  }
}

/** Reads a file, and what it would change. What it does not name stays as it is. */
export function readSettingsFile(text: string, parts: SettingsParts): FileReading {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    return refused('not-json')
  }
  if (!isRecord(content) || content['format'] !== SETTINGS_FILE_FORMAT) return refused('not-settings')
  const { version } = content
  if (typeof version === 'number' && version > SETTINGS_FILE_VERSION) return refused('newer')
  if (version !== SETTINGS_FILE_VERSION) return refused('not-settings')
  const shaped = fileSchema.safeParse(content)
  if (!shaped.success) return refused('invalid', issuesOf('', shaped.error))

  const { settings, privacy, backups, upstreams } = shaped.data
  const problems: Problem[] = []
  const unknown: string[] = []
  const changes: SettingsChange[] = []
  const take = <T extends object>(
    area: 'settings' | 'privacy' | 'backups',
    given: Record<string, unknown>,
    shape: Record<string, z.ZodType>,
    current: T,
  ): Partial<T> => {
    const wanted = new Map<string, unknown>()
    for (const [name, value] of Object.entries(given)) {
      const schema = Object.hasOwn(shape, name) && !LOCAL_SETTINGS.includes(name) ? shape[name] : undefined
      if (!schema) {
        unknown.push(`${area}.${name}`)
        continue
      }
      const parsed = schema.safeParse(value)
      if (!parsed.success) {
        problems.push(...issuesOf(`${area}.${name}`, parsed.error))
        continue
      }
      const before: unknown = Reflect.get(current, name)
      const after = name === 'retention' ? keepingFolder(parsed.data, parts.settings) : parsed.data
      if (isDeepStrictEqual(before, after)) continue
      wanted.set(name, after)
      changes.push({ area, name, before, after })
    }
    return Object.fromEntries(wanted) as Partial<T>
  }
  const wanted: WantedSettings = {
    settings: take('settings', settings, settingsSchema.shape, parts.settings),
    privacy: take('privacy', privacy, privacySettingsSchema.shape, parts.privacy),
    backups: take('backups', backups, backupScheduleSchema.shape, parts.backups),
    upstreams: [],
  }
  const known = new Map(parts.upstreams.map((upstream) => [upstream.name, upstream]))
  const names = new Set<string>()
  upstreams.forEach((given, index) => {
    const path = `upstreams[${index}]`
    const parsed = upstreamRowSchema.safeParse(given)
    if (!parsed.success) return problems.push(...issuesOf(path, parsed.error))
    const { name, baseUrl, flavour } = parsed.data
    if (names.has(name)) return problems.push({ path, reason: 'must not be named twice' })
    names.add(name)
    const before = known.get(name)
    if (before?.isBuiltIn && before.flavour !== flavour)
      return problems.push({ path: `${path}.flavour`, reason: 'must be that of the built-in upstream' })
    if (before && before.baseUrl === baseUrl && before.flavour === flavour) return
    wanted.upstreams.push(parsed.data)
    return changes.push({
      area: 'upstreams',
      name,
      before: before && `${before.baseUrl} · ${before.flavour}`,
      after: `${baseUrl} · ${flavour}`,
    })
  })
  const own = parts.upstreams.filter(({ isBuiltIn }) => !isBuiltIn).length
  const added = wanted.upstreams.filter(({ name }) => !known.has(name)).length
  if (own + added > LIMITS.upstreams)
    problems.push({ path: 'upstreams', reason: `must be at most ${LIMITS.upstreams}` })
  if (problems.length > 0) return refused('invalid', problems)
  return { outcome: 'read', wanted, reading: { outcome: 'read', changes, unknown } }
}

type Problem = { path: string; reason: string }

/** An answer names a few of them. */
const PROBLEMS_SHOWN = 20

export function refused(
  reason: Extract<SettingsReading, { outcome: 'refused' }>['reason'],
  problems: readonly Problem[] = [],
): Extract<FileReading, { outcome: 'refused' }> {
  return {
    outcome: 'refused',
    reading: { outcome: 'refused', reason, problems: problems.slice(0, PROBLEMS_SHOWN) },
  }
}

function issuesOf(path: string, error: z.ZodError): Problem[] {
  return error.issues.map((issue) => ({
    path: [path, ...issue.path.map(String)].filter((part) => part !== '').join('.'),
    reason: issue.message,
  }))
}

/** Archives stay where they are on this machine. */
function keepingFolder(retention: unknown, { retention: { archiveFolder } }: Settings): unknown {
  return isRecord(retention) ? { ...retention, archiveFolder } : retention
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

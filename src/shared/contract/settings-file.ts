import { oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'

/** What a file of settings says of itself. A newer version is refused: it may mean something else by the same words. */
export const SETTINGS_FILE_FORMAT = 'llmops-console-settings'
export const SETTINGS_FILE_VERSION = 1

/** By the section that they are in. Values are what is stored; nothing secret is among them. */
const settingsFileSchema = z.object({
  format: z.literal(SETTINGS_FILE_FORMAT),
  version: z.literal(SETTINGS_FILE_VERSION),
  app: z.string().describe('the version of the console that wrote it'),
  writtenAt: z.string().describe('ISO 8601'),
  settings: z.record(z.string(), z.unknown()),
  privacy: z.record(z.string(), z.unknown()),
  backups: z.record(z.string(), z.unknown()),
  upstreams: z.array(z.record(z.string(), z.unknown())),
})
export type SettingsFile = z.output<typeof settingsFileSchema>

const changeSchema = z.object({
  area: z.enum(['settings', 'privacy', 'backups', 'upstreams']),
  name: z.string().describe('of the setting, or of the upstream'),
  before: z.unknown().describe('absent: it was not there'),
  after: z.unknown(),
})
export type SettingsChange = z.output<typeof changeSchema>

const readingSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('read'),
    changes: z.array(changeSchema),
    unknown: z.array(z.string()).describe('names that this console does not know, and leaves alone'),
  }),
  z.object({
    outcome: z.literal('refused'),
    reason: z.enum(['not-json', 'not-settings', 'newer', 'invalid']),
    problems: z.array(z.object({ path: z.string(), reason: z.string() })),
  }),
])
export type SettingsReading = z.output<typeof readingSchema>

const fileText = z.object({
  text: z.string().max(LIMITS.settingsFileLength),
})

/** Settings as a file, for another console or another day. For the window only. */
export const settingsFileContract = {
  exportFile: oc.output(settingsFileSchema),
  /** What a file would change; changes nothing. */
  readFile: oc.input(fileText).output(readingSchema),
  /** Changes it, all or nothing of what is checked. */
  applyFile: oc.input(fileText).output(readingSchema),
}

import { eventIterator, oc } from '@orpc/contract'
import * as z from 'zod'
import { DEFAULT_PORT, LIMITS } from '../limits.ts'
import { callViewSettings } from './call-views.ts'
import { currencySchema } from './currency.ts'
import { dashboardSettings } from './dashboard.ts'
import { portSchema } from './port.ts'
import { updateFeedSchema } from './updates.ts'
import { DEFAULT_RETENTION, retentionSchema } from './retention.ts'
import { settingsFileContract } from './settings-file.ts'

/**
 * The origin of a web page exactly as a browser sends it: scheme, host and port, and nothing to be read in two ways.
 *
 * @returns it in the canonical form: lower case, no default port.
 */
export const originSchema = z
  .string()
  .max(LIMITS.originLength)
  .transform((text, context) => {
    // A trailing slash is what an address bar adds. Anything else that a URL parser would repair is refused.
    const match = /^(https?:\/\/[^\s/\\?#@*%]+)\/?$/i.exec(text)
    if (match?.[1] !== undefined && URL.canParse(match[1])) return new URL(match[1]).origin
    context.addIssue({ code: 'custom', message: 'must be an origin such as https://app.example.com:8443' })
    return z.NEVER
  })

export const settingsSchema = z.object({
  language: z.enum(['system', 'zh-CN', 'en']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  chartPatterns: z.boolean().default(false).describe('whether charts tell series apart by patterns, too'),
  port: portSchema
    .default(DEFAULT_PORT)
    .describe('where the collector listens, unless the console is started with another port'),
  isOpenToContainers: z
    .boolean()
    .default(false)
    .describe('whether containers of this machine may send calls, with a token'),
  requireToken: z.boolean().default(false).describe('whether programs of this machine need a token, too'),
  allowedOrigins: z
    .array(originSchema)
    .max(LIMITS.allowedOrigins, `must be at most ${LIMITS.allowedOrigins} origins`)
    .transform((origins) => [...new Set(origins)])
    .default([])
    .describe('web pages of these origins may send calls, with a token'),
  estimateMissingTokens: z
    .boolean()
    .default(true)
    .describe('whether the tokens of calls that do not report them are counted in their texts'),
  exchangeRates: z
    .record(currencySchema, z.number().positive().max(1e9, 'must be <= 1e9'))
    .refine(
      (rates) => Object.keys(rates).length <= LIMITS.exchangeRates,
      `must be at most ${LIMITS.exchangeRates}`,
    )
    .default({})
    .describe('units of the base currency for one of another, by its code'),
  isAlertSoundOn: z.boolean().default(true).describe('whether the window sounds when an alert fires'),
  isWelcomeDone: z.boolean().default(false).describe('whether the first steps were taken, or skipped'),
  sampleLoadedAt: z
    .int()
    .nullable()
    .default(null)
    .describe('epoch ms; since when there are made-up calls; null: there are none'),
  updateFeed: updateFeedSchema
    .nullable()
    .default(null)
    .describe('where new versions are told of; null: nowhere'),
  closeWindow: z
    .enum(['ask', 'tray', 'quit'])
    .default('ask')
    .describe('what closing the window means: asking, going on in the background, ending'),
  ...callViewSettings,
  ...dashboardSettings,
  retention: retentionSchema
    .default(DEFAULT_RETENTION)
    .describe('how long what is kept, and where it goes then'),
})
export type Settings = z.output<typeof settingsSchema>
/** What holds until the user chooses otherwise. */
export const DEFAULT_SETTINGS: Settings = settingsSchema.parse({})

export const settingsContract = {
  get: oc.route({ method: 'GET', path: '/v1/settings', tags: ['Settings'] }).output(settingsSchema),
  update: oc
    .route({
      method: 'PUT',
      path: '/v1/settings',
      tags: ['Settings'],
      summary: 'Changes the settings that are given',
    })
    .input(
      z.object({
        language: settingsSchema.shape.language.unwrap().optional(),
        theme: settingsSchema.shape.theme.unwrap().optional(),
        chartPatterns: settingsSchema.shape.chartPatterns.unwrap().optional(),
        isOpenToContainers: settingsSchema.shape.isOpenToContainers.unwrap().optional(),
        requireToken: settingsSchema.shape.requireToken.unwrap().optional(),
        allowedOrigins: settingsSchema.shape.allowedOrigins.unwrap().optional(),
        estimateMissingTokens: settingsSchema.shape.estimateMissingTokens.unwrap().optional(),
        exchangeRates: settingsSchema.shape.exchangeRates.unwrap().optional(),
        isAlertSoundOn: settingsSchema.shape.isAlertSoundOn.unwrap().optional(),
        isWelcomeDone: settingsSchema.shape.isWelcomeDone.unwrap().optional(),
        closeWindow: settingsSchema.shape.closeWindow.unwrap().optional(),
        callColumns: settingsSchema.shape.callColumns.unwrap().optional(),
        callViews: settingsSchema.shape.callViews.unwrap().optional(),
        defaultCallView: settingsSchema.shape.defaultCallView.unwrap().optional(),
        dashboardPanels: settingsSchema.shape.dashboardPanels.unwrap().optional(),
        retention: settingsSchema.shape.retention.unwrap().optional(),
      }),
    )
    .output(settingsSchema),
  /** What holds now and whenever it changes: scripts change it, too. For the window. */
  follow: oc.output(eventIterator(settingsSchema)),
  ...settingsFileContract,
}

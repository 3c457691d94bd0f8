import { oc } from '@orpc/contract'
import * as z from 'zod'

export const settingsSchema = z.object({
  language: z.enum(['system', 'zh-CN', 'en']).default('system'),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
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
      }),
    )
    .output(settingsSchema),
}

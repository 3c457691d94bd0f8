import type * as z from 'zod'
import { settingsSchema } from './contract/settings.ts'

/** What the first frame of the window needs of the settings. Nothing that an app, a model or a user has said. */
export const looksSchema = settingsSchema.pick({
  language: true,
  theme: true,
  chartPatterns: true,
  dashboardPanels: true,
})
export type Looks = z.output<typeof looksSchema>

import * as z from 'zod'
import { LIMITS } from '../limits.ts'
import { areDistinct } from './call-views.ts'

/** A panel of the dashboard, in the place that it has. One that the dashboard does not know is left out. */
const dashboardPanelSchema = z.object({
  id: z.string().min(1).max(40),
  isShown: z.boolean(),
})
export type ChosenPanel = z.output<typeof dashboardPanelSchema>

/** How the dashboard is looked at: a setting, like the language. */
export const dashboardSettings = {
  dashboardPanels: z
    .array(dashboardPanelSchema)
    .max(LIMITS.dashboardPanels, `must be at most ${LIMITS.dashboardPanels} panels`)
    .refine((all) => areDistinct(all), 'must not name a panel twice')
    .nullable()
    .default(null)
    .describe('panels of the dashboard in their order; null: as it comes'),
}

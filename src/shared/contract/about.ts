import { oc } from '@orpc/contract'
import * as z from 'zod'

const aboutSchema = z.object({
  version: z.string(),
  electron: z.string().nullable().describe('null: there is no window'),
  chromium: z.string().nullable(),
  node: z.string(),
  sqlite: z.string(),
  schema: z.string().describe('the last migration of the database'),
  system: z.string().describe('the operating system, its release and the architecture'),
  isFirstRun: z.boolean().describe('whether nothing has come in yet and the first steps were not taken'),
  isPortGiven: z
    .boolean()
    .describe('whether the port was named at the start: it wins over the settings then'),
})
export type About = z.output<typeof aboutSchema>

/** What runs here. For the window; scripts have the collector's status. */
export const aboutContract = { get: oc.output(aboutSchema) }

import { oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'

/** Where new versions are told of, and whose word is believed. Nothing is asked until there is one. */
export const updateFeedSchema = z.object({
  url: z
    .string()
    .max(LIMITS.upstreamUrlLength)
    .refine((text) => {
      if (!URL.canParse(text)) return false
      const { protocol, username, password, search, hash } = new URL(text)
      return protocol === 'https:' && username + password + search + hash === ''
    }, 'must be an https address of a folder'),
  publicKey: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be an Ed25519 key: 32 bytes in base64')
    .describe('of the Ed25519 key that the feed is signed with'),
})
export type UpdateFeed = z.infer<typeof updateFeedSchema>

const updateStateSchema = z.object({
  state: z.enum(['off', 'unsupported', 'current', 'available', 'ready', 'failed', 'untrusted']),
  /** The newest there is; null: not known. */
  version: z.string().nullable(),
})
export type UpdateState = z.infer<typeof updateStateSchema>

/** Updates of the application. For the window only: whoever names a feed names who may replace the application. */
export const updatesContract = {
  feed: oc.output(updateFeedSchema.nullable()),
  setFeed: oc.input(updateFeedSchema.nullable()).output(updateFeedSchema.nullable()),
  /** Asks the feed now. */
  check: oc.output(updateStateSchema),
  /** Fetches the newest version; it takes the place of this one when the application ends. */
  download: oc.output(updateStateSchema),
}

import { oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../limits.ts'

/** The protocols that the recording proxy reads on the way. */
export const upstreamFlavourSchema = z.enum(
  ['openai', 'anthropic', 'ollama'],
  'must be "openai", "anthropic" or "ollama"',
)
export type UpstreamFlavour = z.infer<typeof upstreamFlavourSchema>

/** The name is a segment of a path and the provider of the calls: nothing in it needs encoding. */
export const upstreamNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits and hyphens')

/** Where an upstream is reached: its scheme, host, port and what comes before every path, without a slash at its end. */
export const baseUrlSchema = z
  .string()
  .max(LIMITS.upstreamUrlLength)
  .transform((text, context) => {
    const result = readBaseUrl(text)
    if (result.ok) return result.baseUrl
    context.addIssue({ code: 'custom', message: result.reason })
    return z.NEVER
  })

type BaseUrlResult = { ok: true; baseUrl: string } | { ok: false; reason: string }

/**
 * Reads a base URL. Two readers must not find two different hosts in it, so what a URL parser would put right
 * silently (backslashes, missing slashes, blanks) is refused.
 */
function readBaseUrl(text: string): BaseUrlResult {
  const no = (reason: string): BaseUrlResult => ({ ok: false, reason })
  if (!/^https?:\/\/[^/]/i.test(text)) return no('must start with http:// or https:// and a host')
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes('\\')) return no('must be a URL in printable ASCII')
  if (text.includes('?') || text.includes('#')) return no('must have no query and no fragment')
  // Also "https://@host", which a parser takes for no credentials.
  const [authority = ''] = text.replace(/^https?:\/\//i, '').split('/', 1)
  if (authority.includes('@')) return no('must not hold credentials')
  if (!URL.canParse(text)) return no('must be a URL')
  const { origin, pathname } = new URL(text)
  return { ok: true, baseUrl: origin + pathname.replace(/\/+$/, '') }
}

export const upstreamSchema = z.object({
  /** `POST http://127.0.0.1:4318/proxy/{name}/…` goes to it. */
  name: z.string(),
  baseUrl: z.string(),
  flavour: upstreamFlavourSchema,
  isBuiltIn: z.boolean(),
  defaultBaseUrl: z.string().nullable().describe('of a built-in one; null for your own'),
})
export type Upstream = z.infer<typeof upstreamSchema>

const tags = ['Recording proxy']

export const upstreamsContract = {
  list: oc
    .route({ method: 'GET', path: '/v1/upstreams', tags, summary: 'Where the recording proxy leads' })
    .output(z.object({ items: z.array(upstreamSchema), nextCursor: z.string().nullable() })),
  create: oc
    .route({ method: 'POST', path: '/v1/upstreams', successStatus: 201, tags, summary: 'Adds an upstream' })
    .errors({ CONFLICT: { status: 409, message: 'There is an upstream with this name.' } })
    .input(z.object({ name: upstreamNameSchema, baseUrl: baseUrlSchema, flavour: upstreamFlavourSchema }))
    .output(upstreamSchema),
  update: oc
    .route({
      method: 'PUT',
      path: '/v1/upstreams/{name}',
      tags,
      summary: 'Changes what is given; of a built-in one, the base URL only',
    })
    .errors({ CONFLICT: { status: 409, message: 'A built-in upstream keeps its flavour.' } })
    .input(
      z.object({
        name: z.string().max(LIMITS.nameLength),
        baseUrl: baseUrlSchema.optional(),
        flavour: upstreamFlavourSchema.optional(),
      }),
    )
    .output(upstreamSchema),
  remove: oc
    .route({ method: 'DELETE', path: '/v1/upstreams/{name}', successStatus: 204, tags })
    .errors({ CONFLICT: { status: 409, message: 'A built-in upstream cannot be removed.' } })
    .input(z.object({ name: z.string().max(LIMITS.nameLength) }))
    .output(z.void()),
}

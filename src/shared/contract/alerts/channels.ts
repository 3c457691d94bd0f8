import { oc } from '@orpc/contract'
import * as z from 'zod'
import { LIMITS } from '../../limits.ts'
import { bodyTemplateProblem } from './body-template.ts'
import { readMailAddress } from './mail-address.ts'
import { webhookHeadersProblem } from './webhook-headers.ts'
import { webhookUrlProblem } from './webhook-url.ts'

/** Presets speak the dialect of a chat product; `webhook` sends the console's own JSON. */
export const CHANNEL_TYPES = [
  'os',
  'inApp',
  'webhook',
  'slack',
  'teams',
  'discord',
  'dingtalk',
  'feishu',
  'wecom',
  'email',
] as const
export type ChannelType = (typeof CHANNEL_TYPES)[number]

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/

/**
 * Stands for a secret where it is shown: of an address that is a key by itself, for what is left out of it. Whoever gives
 * back what was shown leaves it as it is.
 */
export const SECRET_MASK = '••••••••'

const headersSchema = z
  .record(z.string().regex(HEADER_NAME, 'must be a header name'), z.string().max(LIMITS.noteLength))
  .refine(
    (headers) => Object.keys(headers).length <= LIMITS.webhookHeaders,
    `must be at most ${LIMITS.webhookHeaders}`,
  )

/** Checks what a user wrote by a function that says what is wrong with it. */
function checked<T>(problemOf: (value: T) => string | null) {
  return (value: T, context: z.RefinementCtx<T>) => {
    const message = problemOf(value)
    if (message !== null) context.addIssue({ code: 'custom', message })
  }
}

const mailAddressProblem = (text: string) =>
  readMailAddress(text) === undefined ? 'must be an address such as Ops <ops@example.com>' : null

function urlSchema(problemOf: (url: string) => string | null) {
  return z.string().max(LIMITS.upstreamUrlLength).superRefine(checked(problemOf))
}

const webhookFields = {
  url: urlSchema(webhookUrlProblem).describe('http or https, without credentials'),
  /** Write-only. */
  secret: z.string().max(LIMITS.secretLength).optional(),
  allowPrivateAddresses: z.boolean().default(false),
  headers: headersSchema.superRefine(checked(webhookHeadersProblem)).default({}),
  bodyTemplate: z
    .string()
    .max(LIMITS.textTemplateLength)
    .superRefine(checked((template) => (template === '' ? null : bodyTemplateProblem(template))))
    .default('')
    .describe("JSON with fields in braces; '': {deliveryId, event, rule, records}. Of webhook only"),
}

const emailFields = {
  host: z.string().min(1).max(LIMITS.nameLength),
  port: z.int().min(1).max(65_535).default(587),
  security: z
    .enum(['starttls', 'tls', 'none'], 'must be "starttls", "tls" or "none"')
    .default('starttls')
    .describe('starttls: refused without; none: the password and the message travel in the clear'),
  username: z.string().max(LIMITS.nameLength).default(''),
  /** Write-only. */
  password: z.string().max(LIMITS.secretLength).optional(),
  from: z.string().max(LIMITS.originLength).superRefine(checked(mailAddressProblem)),
  to: z
    .array(z.string().max(LIMITS.originLength).superRefine(checked(mailAddressProblem)))
    .min(1, 'must hold at least one address')
    .max(LIMITS.emailRecipients, `must be at most ${LIMITS.emailRecipients}`),
}

const name = z.string().trim().min(1).max(LIMITS.nameLength)
const webhookTypes = ['webhook', 'slack', 'teams', 'discord', 'dingtalk', 'feishu', 'wecom'] as const

export const newChannelSchema = z.discriminatedUnion('type', [
  z.object({ type: z.enum(webhookTypes), name, isEnabled: z.boolean().default(true), ...webhookFields }),
  z.object({ type: z.literal('email'), name, isEnabled: z.boolean().default(true), ...emailFields }),
])
export type NewChannel = z.output<typeof newChannelSchema>

/** A channel as it is shown: of secrets, only whether there is one and where it is kept. */
export const channelSchema = z.object({
  id: z.string().describe('os and inApp always exist'),
  type: z.enum(CHANNEL_TYPES),
  name: z.string(),
  isEnabled: z.boolean(),
  url: z.string().optional().describe('masked, where the address is a key by itself: of all but webhook'),
  allowPrivateAddresses: z.boolean().optional(),
  headers: z.record(z.string(), z.string()).optional().describe('names, with masked values'),
  bodyTemplate: z.string().optional(),
  host: z.string().optional(),
  port: z.int().optional(),
  security: emailFields.security.unwrap().optional(),
  username: z.string().optional(),
  from: z.string().optional(),
  to: z.array(z.string()).optional(),
  secretState: z
    .enum(['none', 'kept', 'session', 'lost'])
    .describe(
      'session: kept until the console ends, because the system has no keyring; lost: to be entered again',
    ),
  /** Whether it can be used here: the system may have no notifications. */
  problem: z.enum(['unsupported']).nullable(),
  lastResult: z
    .object({
      status: z.enum(['sent', 'retrying', 'dead']),
      at: z.number().describe('epoch ms'),
      reason: z.string().nullable(),
    })
    .nullable(),
})
export type Channel = z.output<typeof channelSchema>

const idSchema = z.object({ id: z.string().max(LIMITS.nameLength) })
const tags = ['Alerts']
const conflict = { CONFLICT: { status: 409, message: 'It is in conflict with what is there.' } }

export const channelsContract = {
  list: oc
    .route({ method: 'GET', path: '/v1/alerts/channels', tags, summary: 'Where notifications go' })
    .output(z.object({ items: z.array(channelSchema), nextCursor: z.string().nullable() })),
  get: oc
    .route({ method: 'GET', path: '/v1/alerts/channels/{id}', tags })
    .input(idSchema)
    .output(channelSchema),
  create: oc
    .route({
      method: 'POST',
      path: '/v1/alerts/channels',
      successStatus: 201,
      tags,
      summary: 'Adds a channel',
    })
    .errors(conflict)
    .input(newChannelSchema)
    .output(channelSchema),
  update: oc
    .route({
      method: 'PUT',
      path: '/v1/alerts/channels/{id}',
      tags,
      summary: 'Changes what is given; a secret that is not given stays',
    })
    .errors(conflict)
    .input(
      z.object({
        ...idSchema.shape,
        name: name.optional(),
        isEnabled: z.boolean().optional(),
        url: urlSchema((url) => (url.includes(SECRET_MASK) ? null : webhookUrlProblem(url)))
          .optional()
          .describe('as it was shown: it stays'),
        secret: webhookFields.secret.or(z.null()).describe('null removes it'),
        allowPrivateAddresses: z.boolean().optional(),
        headers: headersSchema
          .superRefine(checked((headers) => webhookHeadersProblem(withoutMasks(headers))))
          .optional()
          .describe('all of them; a value as it was shown stays'),
        bodyTemplate: webhookFields.bodyTemplate.unwrap().optional(),
        host: emailFields.host.optional(),
        port: emailFields.port.unwrap().optional(),
        security: emailFields.security.unwrap().optional(),
        username: emailFields.username.unwrap().optional(),
        password: emailFields.password.or(z.null()).describe('null removes it'),
        from: emailFields.from.optional(),
        to: emailFields.to.optional(),
      }),
    )
    .output(channelSchema),
  remove: oc
    .route({
      method: 'DELETE',
      path: '/v1/alerts/channels/{id}',
      successStatus: 204,
      tags,
      summary: 'Removes a channel, from the rules that use it too',
    })
    .errors(conflict)
    .input(idSchema)
    .output(z.void()),
  /** Takes back the removal of a channel that was removed lately, from its rules too. For the window. */
  restore: oc.errors(conflict).input(idSchema).output(channelSchema),
  test: oc
    .route({
      method: 'POST',
      path: '/v1/alerts/channels/{id}/test',
      tags,
      summary: 'Sends a marked notification',
    })
    .input(idSchema)
    .output(
      z.object({
        status: z.enum(['sent', 'failed', 'suppressed']),
        reason: z.string().nullable(),
        lastStatus: z.int().nullable(),
      }),
    ),
  /** Whether the system can keep secrets, and why not. For the window. */
  secretStorage: oc.output(
    z.object({
      state: z.enum(['keyring', 'session']),
      reason: z.enum(['no-keyring', 'headless']).nullable(),
    }),
  ),
}

/** What a masked value stands for was checked when it was given. */
function withoutMasks(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value === SECRET_MASK ? '' : value]),
  )
}

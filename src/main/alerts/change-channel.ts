import type { NewChannel } from '#shared/contract/alerts/channels.ts'
import { SECRET_MASK } from '#shared/contract/alerts/channels.ts'
import type { EmailConfig, PartedChannel, WebhookConfig } from './channel-config.ts'
import { partChannel } from './channel-config.ts'
import type { ChannelSecrets } from './secrets.ts'

type EmailFields = Omit<Extract<NewChannel, { type: 'email' }>, 'type' | 'name' | 'isEnabled' | 'password'>
type WebhookFields = Omit<Exclude<NewChannel, { type: 'email' }>, 'type' | 'name' | 'isEnabled' | 'secret'>

/** What a change may hold of e-mail and of webhooks; null removes a secret. */
export type ConfigChanges = {
  [Name in keyof (EmailFields & WebhookFields)]?: (EmailFields & WebhookFields)[Name] | undefined
} & { secret?: string | null | undefined; password?: string | null | undefined }

/** `other-type`: of another kind of channel. `masked`: a mask that stands for nothing. `secret-needed`: give it again. */
export type ConfigProblem = 'other-type' | 'masked' | 'secret-needed'

/** Without secrets they stay as they are, be it lost. */
type Changed = PartedChannel | Pick<PartedChannel, 'config'>

const EMAIL_FIELDS = new Set(['host', 'port', 'security', 'username', 'password', 'from', 'to'])
const WEBHOOK_FIELDS = new Set(['url', 'secret', 'allowPrivateAddresses', 'headers', 'bodyTemplate'])

/**
 * Applies a change to what is known of a channel. A secret stays when it is not given, or given as it was shown, but not
 * when it would be told to another host, or in the clear: then it has to be given again, so that whoever may change a
 * channel cannot read its secrets by having them sent elsewhere.
 *
 * @param known undefined: there are no secrets, or they are lost.
 */
export function changeConfig(
  config: WebhookConfig | EmailConfig,
  known: ChannelSecrets | undefined,
  changes: ConfigChanges,
): Changed | ConfigProblem {
  const fields = config.type === 'email' ? EMAIL_FIELDS : WEBHOOK_FIELDS
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  if (given.some(([name]) => !fields.has(name))) return 'other-type'
  return config.type === 'email' ? changeEmail(config, changes) : changeWebhook(config, known, changes)
}

function changeEmail(config: EmailConfig, changes: ConfigChanges): Changed | ConfigProblem {
  const next: EmailConfig = {
    ...config,
    host: changes.host ?? config.host,
    port: changes.port ?? config.port,
    security: changes.security ?? config.security,
    username: changes.username ?? config.username,
    from: changes.from ?? config.from,
    to: changes.to ?? config.to,
  }
  if (changes.password === undefined) {
    const isElsewhere =
      next.host !== config.host || next.port !== config.port || next.security !== config.security
    return isElsewhere && config.secretNames.length > 0 ? 'secret-needed' : { config: next }
  }
  const { secretNames: _, ...fields } = next
  return partChannel({ ...fields, name: '', isEnabled: true, password: changes.password ?? '' })
}

function changeWebhook(
  config: WebhookConfig,
  known: ChannelSecrets | undefined,
  { url, secret, headers: givenHeaders, allowPrivateAddresses, bodyTemplate }: ConfigChanges,
): Changed | ConfigProblem {
  const next: WebhookConfig = {
    ...config,
    allowPrivateAddresses: allowPrivateAddresses ?? config.allowPrivateAddresses,
    bodyTemplate: bodyTemplate ?? config.bodyTemplate,
  }
  const newUrl = url === config.url ? undefined : url
  const headers = givenHeaders && isAsShown(givenHeaders, config.headerNames) ? undefined : givenHeaders
  if (newUrl?.includes(SECRET_MASK)) return 'masked'
  if (newUrl === undefined && secret === undefined && headers === undefined) return { config: next }
  const isGiven = { url: newUrl !== undefined, secret: secret !== undefined, headers: headers !== undefined }
  const isLost = known === undefined && config.secretNames.length > 0
  if (isLost && config.secretNames.some((name) => name !== 'password' && !isGiven[name]))
    return 'secret-needed'
  const ownHeaders = unmask(headers, known?.headers ?? {})
  if (ownHeaders === undefined) return isLost ? 'secret-needed' : 'masked'
  const oldUrl = known?.url ?? config.url
  const isElsewhere = newUrl !== undefined && new URL(newUrl).origin !== new URL(oldUrl).origin
  if (isElsewhere && ownHeaders.areKept) return 'secret-needed'
  const { type, allowPrivateAddresses: isPrivate, bodyTemplate: template } = next
  return partChannel({
    ...{ type, name: '', isEnabled: true, allowPrivateAddresses: isPrivate, bodyTemplate: template },
    url: newUrl ?? oldUrl,
    headers: ownHeaders.headers,
    secret: (secret === undefined ? known?.secret : secret) ?? '',
  })
}

function isAsShown(headers: Record<string, string>, names: readonly string[]): boolean {
  const given = Object.entries(headers)
  return (
    given.length === names.length &&
    given.every(([name, value]) => names.includes(name) && value === SECRET_MASK)
  )
}

/** Puts values in place of masks. Undefined: a mask stands for nothing. */
function unmask(
  given: Record<string, string> | undefined,
  kept: Record<string, string>,
): { headers: Record<string, string>; areKept: boolean } | undefined {
  if (given === undefined) return { headers: kept, areKept: Object.keys(kept).length > 0 }
  const byName = new Map(Object.entries(kept).map(([name, value]) => [name.toLowerCase(), value]))
  const headers = new Map<string, string>()
  let areKept = false
  for (const [name, value] of Object.entries(given)) {
    const isMasked = value === SECRET_MASK
    const own = isMasked ? byName.get(name.toLowerCase()) : value
    if (own === undefined) return undefined
    areKept ||= isMasked
    headers.set(name, own)
  }
  return { headers: Object.fromEntries(headers), areKept }
}

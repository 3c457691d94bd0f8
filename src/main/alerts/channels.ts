import type { Channel } from '#shared/contract/alerts/channels.ts'

/** The channels that always exist. */
export const BUILT_IN_CHANNELS: readonly Channel[] = (['os', 'inApp'] as const).map((id) => ({
  id,
  type: id,
  name: id,
  isEnabled: true,
  secretState: 'none',
  problem: id === 'os' ? 'unsupported' : null,
  lastResult: null,
}))

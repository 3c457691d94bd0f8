import type { CostConfig } from '#shared/contract/cost-configs.ts'

/**
 * Where a price stands among those of its series: another has taken its place, it is used, or its day is to come.
 *
 * @param now epoch ms
 */
export function validityOf(
  { validFrom, validUntil }: Pick<CostConfig, 'validFrom' | 'validUntil'>,
  now: number,
): 'past' | 'current' | 'upcoming' {
  if (validFrom > now) return 'upcoming'
  return validUntil !== null && validUntil <= now ? 'past' : 'current'
}
